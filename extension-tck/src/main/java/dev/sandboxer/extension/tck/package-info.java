/**
 * The test kit of the extension contract. An extension that passes it can be used by the control plane.
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
 * <p>Tests of a capability that the extension does not declare are skipped; the reason is printed to standard output.
 */
@NullMarked
package dev.sandboxer.extension.tck;

import org.jspecify.annotations.NullMarked;
