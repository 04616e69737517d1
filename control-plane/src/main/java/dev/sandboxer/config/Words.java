package dev.sandboxer.config;

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

/** The fixed words of profiles and of the command line's options. */
public final class Words {
    private Words() {}

    /**
     * Reads {@code deny} or {@code backend-default}.
     *
     * @throws SandboxException {@code INVALID_ARGUMENT}
     */
    public static NetworkPolicy networkPolicy(String text) {
        return switch (text) {
            case "deny" -> NetworkPolicy.DENY;
            case "backend-default" -> NetworkPolicy.BACKEND_DEFAULT;
            default -> throw refused(text, " is not a network policy (there are deny and backend-default)");
        };
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
