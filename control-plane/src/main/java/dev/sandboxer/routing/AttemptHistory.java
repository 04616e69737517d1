package dev.sandboxer.routing;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** The history of attempts. All servers share it, so they come to the same judgement of an account. */
public interface AttemptHistory {
    /** Returns the latest attempts by account, newest first, at most {@code most} each; accounts without attempts are absent. */
    Map<Account, List<PastAttempt>> latest(Collection<Account> accounts, int most);

    /** Returns at least those accounts in which an attempt has failed since a time; only these need a closer look. */
    default Collection<Account> withFailures(Collection<Account> accounts, Instant since) {
        return accounts;
    }
}
