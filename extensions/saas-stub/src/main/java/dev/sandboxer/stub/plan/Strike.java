package dev.sandboxer.stub.plan;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Effect;
import dev.sandboxer.extension.ExtensionException.Kind;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A rule that strikes a call.
 *
 * @param call the number of the call among those that the rule matches, from 1
 * @param seed the plan's seed
 */
public record Strike(Rule rule, Operation operation, long call, long seed) {
    public Fault fault() {
        return rule.fault();
    }

    /**
     * Does the work as the fault allows. The caller has to hide a {@link Fault.Late} sandbox, end a
     * {@link Fault.Expire} sandbox and handle {@link Fault.Empty} itself.
     *
     * @throws ExtensionException the fault's failure, or what the work throws
     */
    public <T> T play(Supplier<T> work) {
        return switch (fault()) {
            case Fault.Refuse(var kind, var retryAfter) -> throw refusal(kind, retryAfter);
            case Fault.Hang(var time) -> {
                RehearsedDelay.sleep(time, Effect.UNKNOWN);
                throw lost("got no answer");
            }
            case Fault.LoseResponse _, Fault.Late _ -> {
                var _ = work.get();
                throw lost("lost its answer");
            }
            case Fault.Slow(var time) -> {
                var result = work.get();
                RehearsedDelay.sleep(time, Effect.UNKNOWN);
                yield result;
            }
            case Fault.Expire _, Fault.Empty _ -> work.get();
        };
    }

    private ExtensionException refusal(Kind kind, @Nullable Duration retryAfter) {
        var retry = retryAfter == null ? "" : ", retry in " + text(retryAfter);
        return new ExtensionException(
                kind,
                Effect.NOT_APPLIED,
                retryAfter,
                rehearsed(kind.name().toLowerCase(Locale.ROOT)) + retry + why(),
                null);
    }

    private ExtensionException lost(String what) {
        return ExtensionException.unknown(Kind.TRANSIENT, rehearsed(what) + why(), null);
    }

    private String rehearsed(String what) {
        return "rehearsed: " + operation.text() + " " + what;
    }

    private String why() {
        var chance = rule.chance() == Rule.CERTAIN ? "" : ", seed " + seed;
        return " (rule \"" + rule.text() + "\", call " + call + chance + ")";
    }

    private static String text(Duration time) {
        return time.toMillis() % 1000 == 0 ? time.toSeconds() + " s" : time.toMillis() + " ms";
    }
}
