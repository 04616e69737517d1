package dev.sandboxer.server;

import dev.sandboxer.config.ConfigFile;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.payments.rates.RateFile;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reloads {@code config.yaml} and {@code rates.yaml} when they change. An invalid file is logged and not applied. */
final class ConfigurationWatch {
    private static final Logger LOG = LoggerFactory.getLogger(ConfigurationWatch.class);

    private final ConfigFile config;
    private final RateFile rates;

    ConfigurationWatch(ConfigFile config, RateFile rates) {
        this.config = config;
        this.rates = rates;
    }

    /** Checks both files once. To be called by a schedule. */
    void check() {
        check("config.yaml", config::refresh);
        check("rates.yaml", rates::refresh);
    }

    private static void check(String name, BooleanSupplier refresh) {
        try {
            if (refresh.getAsBoolean()) {
                LOG.info("{} has changed and was reloaded", name);
            }
        } catch (SandboxException e) {
            LOG.warn("{} has changed and is broken; its previous content still applies: {}", name, e.getMessage());
        }
    }
}
