package dev.sandboxer.extension.feature;

import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.ExtensionException;
import java.nio.file.Path;
import java.util.List;

/** A backend that fetches Debian packages for its sandboxes, which then need no network to install them; {@link Capability#PACKAGES}. */
public interface PackageFetching {
    /**
     * Fetches packages and those of their dependencies that a new sandbox lacks. Doesn't change the packages installed on the host.
     *
     * @param packages names as apt takes them, such as {@code jq} or {@code jq=1.6-2.1}
     * @param recommended whether to fetch recommended packages too
     * @return files on this host, one for each package that a sandbox lacks; kept for at least a day
     * @throws ExtensionException with effect {@code NOT_APPLIED}: of kind {@code INVALID} when a package doesn't exist,
     *     {@code UNSUPPORTED} when the operator hasn't enabled packages
     */
    List<Path> fetchPackages(List<String> packages, boolean recommended);
}
