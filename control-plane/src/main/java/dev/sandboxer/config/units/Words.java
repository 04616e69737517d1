package dev.sandboxer.config.units;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.spec.NetworkPolicy;
import dev.sandboxer.profiles.OutOfCredit;
import dev.sandboxer.profiles.RoutePolicy;
import dev.sandboxer.profiles.Spelling;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The fixed words in profiles and in command-line options. */
public final class Words {
    private Words() {}

    /** The word that requires a network; {@code backend-default} only permits one. */
    private static final String ALL = "all";

    /**
     * Reads {@code none} or {@code deny}, and {@code all} or {@code backend-default}.
     *
     * @throws SandboxException {@code INVALID_ARGUMENT}
     */
    public static NetworkPolicy networkPolicy(String text) {
        return switch (text) {
            case "none", "deny" -> NetworkPolicy.DENY;
            case ALL, "backend-default" -> NetworkPolicy.BACKEND_DEFAULT;
            default -> throw refused(text, " is not a network policy (there are none, all, deny and backend-default)");
        };
    }

    /** Returns true if the text is a network policy that needs a backend with a network. */
    public static boolean needsNetwork(String text) {
        return text.equals(ALL);
    }

    /** Returns the text that {@link #networkPolicy} reads as this policy. */
    public static String text(NetworkPolicy policy) {
        return policy.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * Reads a capability, such as {@code pause}.
     *
     * @throws SandboxException {@code INVALID_ARGUMENT}
     */
    public static Capability capability(String text) {
        return constant(text, Capability.values());
    }

    /**
     * Reads {@code order}, {@code cheapest} or {@code fastest}.
     *
     * @throws SandboxException {@code INVALID_ARGUMENT}
     */
    public static RoutePolicy routePolicy(String text) {
        return constant(text, RoutePolicy.values());
    }

    /**
     * Reads {@code kill} or {@code pause}.
     *
     * @throws SandboxException {@code INVALID_ARGUMENT}
     */
    public static OutOfCredit outOfCredit(String text) {
        return constant(text, OutOfCredit.values());
    }

    private static <E extends Enum<E>> E constant(String text, E[] all) {
        List<String> names = Arrays.stream(all)
                .map(one -> one.name().toLowerCase(Locale.ROOT))
                .toList();
        int index = names.indexOf(text);
        if (index < 0) {
            List<String> nearest = Spelling.nearest(text, names);
            throw refused(
                    text,
                    " is not known"
                            + (nearest.isEmpty()
                                    ? "; there are " + String.join(", ", names)
                                    : Spelling.didYouMean(nearest)));
        }
        return all[index];
    }

    private static SandboxException refused(String text, String problem) {
        return new SandboxException(ErrorCode.INVALID_ARGUMENT, Spelling.quoted(text) + problem);
    }
}
