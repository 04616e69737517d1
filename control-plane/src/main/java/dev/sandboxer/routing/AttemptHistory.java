package dev.sandboxer.routing;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** The history of attempts to create sandboxes. All servers share it, so they all judge an account alike. */
public interface AttemptHistory {
    /** Returns the latest attempts by account, newest first, at most {@code most} each; accounts without attempts are absent. */
    Map<Account, List<PastAttempt>> latest(Collection<Account> accounts, int most);

    /** Returns at least those accounts in which an attempt has failed since a time; only for these is {@link #latest} needed. */
    default Collection<Account> withFailures(Collection<Account> accounts, Instant since) {
        return accounts;
    }
}
