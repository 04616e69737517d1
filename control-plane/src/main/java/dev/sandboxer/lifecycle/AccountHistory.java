package dev.sandboxer.lifecycle;

import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.lifecycle.state.Attempt;
import dev.sandboxer.lifecycle.state.Attempt.Outcome;
import dev.sandboxer.lifecycle.state.AttemptStore;
import dev.sandboxer.routing.Account;
import dev.sandboxer.routing.AttemptHistory;
import dev.sandboxer.routing.PastAttempt;
import dev.sandboxer.routing.PastAttempt.Result;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The past attempts of all servers, for routing. */
public record AccountHistory(AttemptStore attempts) implements AttemptHistory {
    @Override
    public Map<Account, List<PastAttempt>> latest(Collection<Account> accounts, int most) {
        var past = new HashMap<Account, List<PastAttempt>>();
        attempts.latest(accounts, most)
                .forEach((account, its) ->
                        past.put(account, its.stream().map(AccountHistory::past).toList()));
        return past;
    }

    @Override
    public Collection<Account> withFailures(Collection<Account> accounts, Instant since) {
        if (accounts.isEmpty()) {
            return accounts;
        }
        var failed = attempts.failedSince(since);
        return accounts.stream().filter(failed::contains).toList();
    }

    private static PastAttempt past(Attempt attempt) {
        var end = attempt.end();
        return end == null
                ? new PastAttempt(attempt.startedAt(), null, null, null, null)
                : new PastAttempt(attempt.startedAt(), end.at(), result(end), end.retryAt(), end.message());
    }

    private static Result result(Attempt.End end) {
        return end.outcome() == Outcome.CREATED ? Result.CREATED : failure(end.kind());
    }

    /** A null kind means a failure on our side, such as a crash. */
    private static Result failure(@Nullable Kind kind) {
        return switch (kind) {
            case null -> Result.DECLINED;
            case TRANSIENT, INTERNAL, GONE -> Result.FAILED;
            case CREDENTIAL, QUOTA, THROTTLED, CAPACITY, INVALID, UNSUPPORTED -> Result.DECLINED;
        };
    }
}
