package dev.sandboxer.lifecycle.terms;

import dev.sandboxer.extension.spec.NetworkPolicy;
import dev.sandboxer.extension.spec.NetworkRules;
import dev.sandboxer.payments.Money;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The settings of one sandbox beyond its profile.
 *
 * @param onTimeout what happens at its deadline
 * @param autoResume true if a request that arrives while it is paused resumes it
 * @param network network policy for targets that no rule names; null = the profile's
 * @param publicPorts true if its ports answer without a traffic token
 * @param hostMask the Host header that servers in the sandbox see; null = unchanged. {@code ${PORT}} stands for the port
 * @param maxCost the most it may cost its consumer; null = no limit of its own
 * @param secured true if its processes and files need its token
 * @param rules network rules as the client requested them; null = none
 * @param idleTimeout how long it may be unused before it ends; null = no limit. The backend enforces it. If the backend can't, the API
 *     through which the sandbox was created enforces it by moving the sandbox's deadline
 */
public record Terms(
        OnTimeout onTimeout,
        boolean autoResume,
        @Nullable NetworkPolicy network,
        boolean publicPorts,
        @Nullable String hostMask,
        @Nullable Money maxCost,
        boolean secured,
        @Nullable RequestedRules rules,
        @Nullable Duration idleTimeout) {
    public static final Terms DEFAULT = new Terms(OnTimeout.KILL, false, null, true, null, null);

    /** Creates the terms of a secured sandbox without network rules and idle timeout. */
    public Terms(
            OnTimeout onTimeout,
            boolean autoResume,
            @Nullable NetworkPolicy network,
            boolean publicPorts,
            @Nullable String hostMask,
            @Nullable Money maxCost) {
        this(onTimeout, autoResume, network, publicPorts, hostMask, maxCost, true, null, null);
    }

    /** Returns these terms with another cost limit. */
    public Terms withMaxCost(@Nullable Money value) {
        return new Terms(onTimeout, autoResume, network, publicPorts, hostMask, value, secured, rules, idleTimeout);
    }

    /** Returns these terms with another action at the deadline. */
    public Terms withOnTimeout(OnTimeout value) {
        return new Terms(value, autoResume, network, publicPorts, hostMask, maxCost, secured, rules, idleTimeout);
    }

    /** Returns these terms with or without a token. */
    public Terms withSecured(boolean value) {
        return new Terms(onTimeout, autoResume, network, publicPorts, hostMask, maxCost, value, rules, idleTimeout);
    }

    /**
     * Returns these terms with other network rules.
     *
     * @param byDefault null = the profile's
     * @param targets null = none
     */
    public Terms withNetwork(@Nullable NetworkPolicy byDefault, @Nullable RequestedRules targets) {
        return new Terms(
                onTimeout, autoResume, byDefault, publicPorts, hostMask, maxCost, secured, targets, idleTimeout);
    }

    /** Returns these terms with network rules that replace all of the profile's. */
    public Terms withNetwork(NetworkRules value) {
        return withNetwork(value.byDefault(), RequestedRules.of(value).orNull());
    }

    /**
     * Returns the network rules in force.
     *
     * @param ofProfile the profile's rules; all apply if these terms have none, otherwise only their default policy if these terms lack it
     * @throws IllegalArgumentException when these terms' rules contradict each other
     */
    public NetworkRules effectiveNetwork(NetworkRules ofProfile) {
        if (network == null && (rules == null || rules.targets().isEmpty())) {
            return ofProfile;
        }
        var byDefault = network == null ? ofProfile.byDefault() : network;
        return rules == null ? NetworkRules.of(byDefault) : rules.toRules(byDefault);
    }

    /** Returns these terms with another idle timeout. */
    public Terms withIdleTimeout(@Nullable Duration value) {
        return new Terms(onTimeout, autoResume, network, publicPorts, hostMask, maxCost, secured, rules, value);
    }
}
