package dev.sandboxer.stub.tck;

import dev.sandboxer.extension.Extension;
import dev.sandboxer.extension.ExtensionContext;
import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.stub.SaasStubExtension;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Comparator;

/** {@code ext.saas-stub} with latency, slow answers and generous limits, none of which may break the contract. */
final class StubFixture implements ExtensionFixture {
    private final Extension extension =
            new SaasStubExtension("capacity 100; maxLife 1d; latency 5ms; any slow time=5ms every=2");

    private final ExtensionContext context;

    StubFixture() {
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
