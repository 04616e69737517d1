package dev.sandboxer.routing;

import java.util.List;

/** Remembers attempts. What routing knows about accounts comes from here, so that all servers know the same. */
public interface AttemptHistory {
    /** One that remembers nothing. */
    AttemptHistory NONE = (account, most) -> List.of();

    /** The latest attempts in an account, newest first, at most that many. */
    List<PastAttempt> latest(Account account, int most);
}
