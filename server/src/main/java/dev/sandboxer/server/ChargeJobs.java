package dev.sandboxer.server;

import dev.sandboxer.Sandboxer;
import dev.sandboxer.lifecycle.state.SandboxId;
import dev.sandboxer.payments.ledger.Balance;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The periodic work on money. Used by one thread for each job. */
final class ChargeJobs {
    private static final Logger LOG = LoggerFactory.getLogger(ChargeJobs.class);

    private final Sandboxer installation;
    private final Runnable reconcile;
    private volatile boolean reconciled;

    /** @param reconcile finds out which sandboxes are gone */
    ChargeJobs(Sandboxer installation, Runnable reconcile) {
        this.installation = installation;
        this.reconcile = reconcile;
    }

    /** Measures what runs. Before the first time it is made sure of that it does: nobody may have looked for hours. */
    void meter() {
        if (!reconciled) {
            reconcile.run();
            reconciled = true;
        }
        installation.sandboxes().repair().recordEnds();
        installation.metering().tick(installation.clock().instant());
    }

    /** Releases holds that nobody needs, and warns of balances that are low. */
    void lookAfterCredits() {
        int released = installation.ledger().releaseOverdue(this::isOver);
        if (released > 0) {
            LOG.warn("released {} holds of sandboxes that should have ended a day ago", released);
        }
        for (Balance low : installation.ledger().newlyLow()) {
            LOG.atWarn()
                    .addKeyValue("consumer", low.consumer())
                    .log("only {} of its credits are left", low.available());
        }
    }

    private boolean isOver(String sandbox) {
        return installation
                .sandboxes()
                .find(new SandboxId(sandbox))
                .map(found -> found.state().ended())
                .orElse(true);
    }
}
