/**
 * The test kit of the extension contract: what an extension passes before anybody relies on it.
 *
 * <p>Write one {@link dev.sandboxer.extension.tck.ExtensionFixture} and, for each abstract
 * {@code ...Contract} in the packages below, a subclass that opens it:
 *
 * <pre>{@code
 * class LocalFileTreeContractIT extends FileTreeContract {
 *     @Override
 *     protected ExtensionFixture openFixture() {
 *         return new LocalFixture();
 *     }
 * }
 * }</pre>
 *
 * <p>A test of a capability that the extension does not declare is skipped, and says so on standard output.
 */
@NullMarked
package dev.sandboxer.extension.tck;

import org.jspecify.annotations.NullMarked;
