package dev.sandboxer.routing;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Remembers attempts. What routing knows about accounts comes from here, so that all servers know the same. */
public interface AttemptHistory {
    /** The latest attempts in each account, newest first, at most that many of each; nothing for an account without any. */
    Map<Account, List<PastAttempt>> latest(Collection<Account> accounts, int most);

    /** Those of the accounts in which an attempt has failed since then, or more: the others need no closer look. */
    default Collection<Account> troubled(Collection<Account> accounts, Instant since) {
        return accounts;
    }
}
