package dev.sandboxer.server;

import dev.sandboxer.Sandboxer;
import dev.sandboxer.lifecycle.state.SandboxId;
import dev.sandboxer.payments.ledger.Balance;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The periodic jobs that meter sandboxes and watch credits. Each job has one thread. */
final class ChargeJobs {
    private static final Logger LOG = LoggerFactory.getLogger(ChargeJobs.class);

    private final Sandboxer installation;
    private final Runnable reconcile;
    private volatile boolean reconciled;

    /** @param reconcile ends the sandboxes that their backends no longer have */
    ChargeJobs(Sandboxer installation, Runnable reconcile) {
        this.installation = installation;
        this.reconcile = reconcile;
    }

    /** Meters running sandboxes. The first run reconciles before it meters, because no server may have run for hours. */
    void meter() {
        if (!reconciled) {
            reconcile.run();
            reconciled = true;
        }
        installation.sandboxes().repair().recordEnds();
        installation.metering().tick(installation.clock().instant());
    }

    /** Releases overdue holds of ended sandboxes, and logs balances that have become low. */
    void checkCredits() {
        int released = installation.ledger().releaseOverdue(this::hasEnded);
        if (released > 0) {
            LOG.warn("released {} holds of sandboxes that should have ended a day ago", released);
        }
        for (Balance low : installation.ledger().newlyLow()) {
            LOG.atWarn().addKeyValue("consumer", low.consumer()).log("only {} credits are left", low.available());
        }
    }

    private boolean hasEnded(String sandbox) {
        return installation
                .sandboxes()
                .find(new SandboxId(sandbox))
                .map(found -> found.state().ended())
                .orElse(true);
    }
}
