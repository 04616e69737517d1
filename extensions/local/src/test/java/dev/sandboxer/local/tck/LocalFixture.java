package dev.sandboxer.local.tck;

import dev.sandboxer.extension.Extension;
import dev.sandboxer.extension.ExtensionContext;
import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.local.LocalExtension;
import dev.sandboxer.local.TestNetwork;
import dev.sandboxer.local.network.HostNetwork;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Comparator;

/** {@code ext.local} in a temporary directory with a short path, because the paths of Unix sockets are limited. */
final class LocalFixture implements ExtensionFixture {
    private final Extension extension =
            new LocalExtension(TestNetwork.isPossible() ? TestNetwork.shared().network() : HostNetwork.none());
    private final ExtensionContext context;

    LocalFixture() {
        try {
            var directory = Files.createTempDirectory("sbx");
            context = new ExtensionContext("tck", directory, InstantSource.system());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Extension extension() {
        return extension;
    }

    @Override
    public ExtensionContext context() {
        return context;
    }

    @Override
    public String template() {
        return "base";
    }

    @Override
    public void close() {
        try (var paths = Files.walk(context.directory())) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
