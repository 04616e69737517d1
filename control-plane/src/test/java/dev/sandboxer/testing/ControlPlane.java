package dev.sandboxer.testing;

import dev.sandboxer.consumers.ConsumerProfiles;
import dev.sandboxer.consumers.Consumers;
import dev.sandboxer.credentials.Credentials;
import dev.sandboxer.lifecycle.Sandboxes;
import dev.sandboxer.lifecycle.state.SandboxStore;
import dev.sandboxer.payments.ledger.Ledger;
import dev.sandboxer.payments.metering.Metering;
import dev.sandboxer.quotas.Quotas;
import dev.sandboxer.routing.Backends;
import dev.sandboxer.routing.ExtensionRegistry;
import dev.sandboxer.routing.Router;
import dev.sandboxer.store.Database;
import dev.sandboxer.templates.BuiltTemplates;
import java.time.Duration;

/** One process of a {@link TestInstallation}. */
public record ControlPlane(
        Database database,
        SandboxStore rows,
        ExtensionRegistry registry,
        Credentials credentials,
        Backends backends,
        Router router,
        Sandboxes sandboxes,
        Consumers consumers,
        Quotas quotas,
        Ledger ledger,
        Metering metering)
        implements AutoCloseable {
    /** Returns the templates that consumers build in this process. */
    public BuiltTemplates templates(ConsumerProfiles profiles, SettableClock clock) {
        return new BuiltTemplates(database, sandboxes, profiles, clock, clock::advance, Duration.ZERO);
    }

    @Override
    public void close() {
        sandboxes.close();
        backends.close();
        database.close();
    }
}
