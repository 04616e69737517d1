package dev.sandboxer.extension.support;

import dev.sandboxer.extension.Extension;
import dev.sandboxer.extension.ExtensionContext;
import dev.sandboxer.extension.tck.ExtensionFixture;
import java.nio.file.Path;
import java.time.InstantSource;

/** Connects the test kit to containers. */
record ContainerFixture(Container.Image from) implements ExtensionFixture {
    @Override
    public Extension extension() {
        return new ContainerExtension(from);
    }

    @Override
    public ExtensionContext context() {
        return new ExtensionContext("tck", Path.of("/nonexistent"), InstantSource.system());
    }

    @Override
    public String template() {
        return from.name();
    }
}
