/**
 * The test kit of the extension contract. The control plane can use any extension that passes it.
 *
 * <p>Write one {@link dev.sandboxer.extension.tck.ExtensionFixture} and, for each abstract {@code ...Contract} class in the subpackages, a
 * subclass that opens the fixture:
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
 * <p>Tests of a capability that the extension does not declare are skipped; the reason is printed to standard output.
 */
@NullMarked
package dev.sandboxer.extension.tck;

import org.jspecify.annotations.NullMarked;
