package dev.sandboxer.templates;

import dev.sandboxer.extension.ExtensionException;
import java.nio.file.Path;
import java.util.List;

/** The source of Debian packages for builds in sandboxes without a network. */
@FunctionalInterface
interface PackageSource {
    /**
     * Downloads packages and their dependencies.
     *
     * @param recommended true to download recommended packages too
     * @return files on this host
     * @throws ExtensionException {@code UNSUPPORTED} when the operator doesn't allow it; another kind when there are no such packages or
     *     the download fails
     */
    List<Path> fetch(List<String> packages, boolean recommended);
}
