package dev.sandboxer.local.disk;

import dev.sandboxer.local.folder.SandboxFolder;
import dev.sandboxer.local.host.Boundary;
import dev.sandboxer.local.host.RootSource;
import dev.sandboxer.local.host.Uids;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Prepares the writable root of a new sandbox. */
public record SandboxRoot(RootSource source, Uids uids, BaseTemplate template) {
    /**
     * Makes the files that the launcher needs, and the template if this is its first use.
     *
     * @param snapshot a disk to start from instead of the template; for {@link RootSource#IMAGE} only
     * @return launcher options that put the root in place
     */
    public List<String> prepare(SandboxFolder folder, Optional<Path> snapshot, int diskMiB) throws IOException {
        var options = new ArrayList<String>();
        switch (source) {
            case IMAGE -> {
                var image = snapshot.isPresent() ? snapshot.get() : template.image(diskMiB);
                options.addAll(List.of("--image", image.toString()));
                options.addAll(List.of("--image-copy", folder.image().toString()));
                // a snapshot may contain a link here, which could point to a file of the host
                options.addAll(List.of("--real-file", Boundary.SUDO));
            }
            case TREE -> {
                new TreeCopy(template.tree(), folder.tree(), true).run();
                options.addAll(List.of("--tree", folder.tree().toString()));
            }
            case PLAIN_USER -> new TreeCopy(template.tree(), folder.tree(), false).run();
        }
        options.addAll(source.launchOptions(uids));
        return options;
    }
}
