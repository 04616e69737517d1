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
 * @param call the how-manieth call it is that the rule matches
 * @param seed of the plan
 */
public record Strike(Rule rule, Operation operation, long call, long seed) {
    public Fault fault() {
        return rule.fault();
    }

    /**
     * Does the work as the fault allows. What {@link Fault.Late}, {@link Fault.Expire} and {@link Fault.Empty} change beforehand
     * is the caller's.
     *
     * @throws ExtensionException as the fault says; what the work throws
     */
    public <T> T play(Supplier<T> work) {
        return switch (fault()) {
            case Fault.Refuse(var kind, var retryAfter) -> throw refusal(kind, retryAfter);
            case Fault.Hang(var time) -> {
                Pause.of(time, Effect.UNKNOWN);
                throw lost("got no answer");
            }
            case Fault.LoseResponse _, Fault.Late _ -> {
                var _ = work.get();
                throw lost("lost its answer");
            }
            case Fault.Slow(var time) -> {
                var result = work.get();
                Pause.of(time, Effect.UNKNOWN);
                yield result;
            }
            case Fault.Expire _, Fault.Empty _ -> work.get();
        };
    }

    private ExtensionException refusal(Kind kind, @Nullable Duration retryAfter) {
        var back = retryAfter == null ? "" : ", to come back in " + text(retryAfter);
        return new ExtensionException(
                kind, Effect.NOT_APPLIED, retryAfter, said(kind.name().toLowerCase(Locale.ROOT)) + back + why(), null);
    }

    private ExtensionException lost(String what) {
        return ExtensionException.unknown(Kind.TRANSIENT, said(what) + why(), null);
    }

    private String said(String what) {
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
