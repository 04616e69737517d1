package dev.sandboxer.lifecycle;

import dev.sandboxer.config.AccountLimit;
import dev.sandboxer.config.units.Durations;
import dev.sandboxer.extension.CreationProgress;
import dev.sandboxer.extension.CreationProgress.Stage;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.extension.ProgressListener;
import dev.sandboxer.lifecycle.state.AccountStore;
import dev.sandboxer.lifecycle.state.SandboxId;
import dev.sandboxer.observe.Sleeper;
import dev.sandboxer.routing.Account;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;

/**
 * Enforces an account's limits: how often a sandbox may be created, and how many sandboxes may exist at once. A creation waits for its
 * turn, up to a time limit. All servers share the turns. Thread-safe.
 */
final class AccountTurns {
    /** How often a full account is checked for room. Polling, because another server may end a sandbox. */
    private static final Duration POLL = Duration.ofMillis(250);

    private final Function<ExtensionId, AccountLimit> limits;
    private final AccountStore accounts;
    private final InstantSource clock;
    private final Sleeper sleeper;

    AccountTurns(
            Function<ExtensionId, AccountLimit> limits, AccountStore accounts, InstantSource clock, Sleeper sleeper) {
        this.limits = limits;
        this.accounts = accounts;
        this.clock = clock;
        this.sleeper = sleeper;
    }

    /** Thrown to roll back the transaction that would begin an attempt in a full account. */
    static final class Full extends RuntimeException {
        private static final long serialVersionUID = 1;

        Full(String message) {
            super(message, null, false, false);
        }
    }

    /** Returns when a creation that begins now stops waiting for an extension. */
    Instant latest(ExtensionId extension) {
        return clock.instant().plus(limits.apply(extension).maxWait());
    }

    /**
     * Waits for the account's next turn.
     *
     * @return why no turn comes in time; empty once the turn has come
     */
    Optional<String> await(Account account, Instant latest, ProgressListener progress) {
        var interval = limits.apply(account.extension()).interval();
        if (interval == null) {
            return Optional.empty();
        }
        var turn = accounts.takeTurn(account, interval, clock.instant(), latest);
        if (turn.isEmpty()) {
            return Optional.of("the account may make one sandbox every " + Durations.format(interval)
                    + ", and too many are waiting");
        }
        sleepUntil(turn.get(), account, progress);
        return Optional.empty();
    }

    /** Waits as long as a backend asked us to before a retry. Returns false at once if that ends after {@code latest}. */
    boolean awaitRetry(Account account, Duration wait, Instant latest, ProgressListener progress) {
        var at = clock.instant().plus(wait);
        if (at.isAfter(latest)) {
            return false;
        }
        sleepUntil(at, account, progress);
        return true;
    }

    private void sleepUntil(Instant at, Account account, ProgressListener progress) {
        var wait = Duration.between(clock.instant(), at);
        if (wait.isPositive()) {
            progress.onProgress(new CreationProgress(
                    Stage.QUEUED,
                    "waiting " + Durations.format(roundedUp(wait)) + " for the limits of " + account.extension()));
            sleeper.sleep(wait);
        }
    }

    private static Duration roundedUp(Duration wait) {
        return Duration.ofMillis((wait.toMillis() / 100 + 1) * 100);
    }

    /**
     * Fails if the account already has its maximum number of sandboxes. Call it in the transaction that begins another one.
     *
     * @param self the sandbox that is being created, which doesn't count
     * @throws Full when there is no room
     */
    void requireRoom(Handle handle, Account account, SandboxId self) {
        var most = limits.apply(account.extension()).sandboxes();
        if (most != null) {
            var busy = accounts.busy(handle, account, self);
            if (busy >= most) {
                throw new Full("the account has " + busy + " of " + most + " sandboxes");
            }
        }
    }

    /** Waits 250 ms for room. Returns false without waiting once {@code latest} has passed. */
    boolean awaitRoom(Instant latest) {
        if (!clock.instant().isBefore(latest)) {
            return false;
        }
        sleeper.sleep(POLL);
        return true;
    }
}
