package dev.sandboxer.testing;

import dev.sandboxer.lifecycle.SandboxStore;
import dev.sandboxer.lifecycle.Sandboxes;
import dev.sandboxer.routing.ExtensionRegistry;
import dev.sandboxer.store.Store;

/** One process of a {@link TestInstallation}. */
public record ControlPlane(Store store, SandboxStore rows, ExtensionRegistry registry, Sandboxes sandboxes)
        implements AutoCloseable {
    @Override
    public void close() {
        registry.close();
        store.close();
    }
}
