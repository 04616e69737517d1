package dev.sandboxer.http.e2b.control;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.sandboxer.http.e2b.edge.E2bException;
import dev.sandboxer.lifecycle.terms.OnTimeout;
import dev.sandboxer.lifecycle.terms.Terms;
import dev.sandboxer.profiles.Profile;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The body of {@code POST /sandboxes} and {@code POST /v2/sandboxes}. Each known field is honoured or refused. Unknown fields are
 * ignored, so that newer clients can create sandboxes.
 */
record NewSandbox(
        @Nullable String templateID,
        @Nullable Integer timeout,
        @Nullable Boolean autoPause,
        @Nullable Boolean autoPauseMemory,
        @Nullable AutoResume autoResume,
        @Nullable Boolean secure,
        @JsonProperty("allow_internet_access") @Nullable Boolean allowInternetAccess,
        @Nullable NetworkRules network,
        @Nullable Map<String, String> metadata,
        @Nullable Map<String, String> envVars,
        // ignored: the SDK starts the MCP gateway itself, with a command
        @Nullable JsonNode mcp,
        @Nullable JsonNode iam,
        @Nullable List<JsonNode> volumeMounts) {
    /** The most metadata entries, and the most variables, of a sandbox. */
    static final int MAX_PAIRS = 100;

    private static final int MAX_TEXT_LENGTH = 64 << 10;

    record AutoResume(@Nullable Boolean enabled) {
        boolean on() {
            return Boolean.TRUE.equals(enabled);
        }
    }

    /**
     * Checks the fields that don't depend on the profile.
     *
     * @throws E2bException 400 for an option that is invalid or not supported
     */
    void check() {
        if (templateID == null || templateID.isEmpty()) {
            throw new E2bException(400, "templateID is required");
        }
        refuse(iam, "iam", "sandboxes have no cloud identity");
        if (volumeMounts != null && !volumeMounts.isEmpty()) {
            throw new E2bException(400, "volumeMounts is not supported: there are no volumes");
        }
        if (Boolean.FALSE.equals(autoPauseMemory)) {
            throw new E2bException(
                    400,
                    pauses()
                            ? "autoPauseMemory false is not supported: an automatic pause keeps the memory"
                            : "autoPauseMemory false needs autoPause");
        }
        checkPairs("metadata", metadata());
        if (metadata().entrySet().stream()
                        .mapToInt(
                                pair -> pair.getKey().length() + pair.getValue().length())
                        .sum()
                > MAX_TEXT_LENGTH) {
            // lists repeat the metadata of each sandbox
            throw new E2bException(400, "metadata may have at most " + MAX_TEXT_LENGTH + " characters in all");
        }
        checkPairs("envVars", envVars());
        if (envVars().keySet().stream().anyMatch(name -> name.indexOf('=') >= 0)) {
            throw new E2bException(400, "the name of a variable in envVars must not contain =");
        }
    }

    private static void refuse(@Nullable JsonNode option, String name, String instead) {
        if (option != null && !option.isNull() && !(option.isObject() && option.isEmpty())) {
            throw new E2bException(400, name + " is not supported: " + instead);
        }
    }

    private static void checkPairs(String what, Map<String, String> pairs) {
        if (pairs.size() > MAX_PAIRS) {
            throw new E2bException(400, what + " may have at most " + MAX_PAIRS + " entries");
        }
        pairs.forEach((name, value) -> {
            if (name.isEmpty() || value == null || name.length() + value.length() > MAX_TEXT_LENGTH) {
                throw new E2bException(
                        400,
                        what + " entries need a name and a value, of at most " + MAX_TEXT_LENGTH
                                + " characters together");
            }
            if (name.indexOf('\0') >= 0 || value.indexOf('\0') >= 0 || !isText(name) || !isText(value)) {
                throw new E2bException(400, what + " must contain neither NUL nor half a surrogate pair");
            }
        });
    }

    private static boolean isText(String text) {
        return StandardCharsets.UTF_8.newEncoder().canEncode(text);
    }

    /** Returns true if the request allows internet access. Clients up to e2b 2.50 always do, even if the user did not ask for it. */
    boolean asksForNetwork() {
        return Boolean.TRUE.equals(allowInternetAccess);
    }

    private boolean pauses() {
        return Boolean.TRUE.equals(autoPause);
    }

    @Override
    public Map<String, String> metadata() {
        return Objects.requireNonNullElse(metadata, Map.of());
    }

    @Override
    public Map<String, String> envVars() {
        return Objects.requireNonNullElse(envVars, Map.of());
    }

    Terms terms() {
        var rules = network == null ? NetworkRules.NONE : network;
        return new Terms(
                pauses() ? OnTimeout.PAUSE : OnTimeout.KILL,
                autoResume != null && autoResume.on(),
                rules.policy(allowInternetAccess),
                !Boolean.FALSE.equals(rules.allowPublicTraffic()),
                rules.mask(),
                null,
                true,
                rules.asked(),
                null);
    }

    /**
     * Checks the network rules.
     *
     * @param profile the profile of the sandbox
     * @throws E2bException 400 if the rules contradict each other or the profile
     */
    void check(Profile profile) {
        checkNetwork(terms(), profile.network());
    }

    static void checkNetwork(Terms terms, dev.sandboxer.extension.spec.NetworkRules ofProfile) {
        try {
            terms.effectiveNetwork(ofProfile);
        } catch (IllegalArgumentException e) {
            throw new E2bException(400, "network.allowOut, denyOut: " + e.getMessage() + " (denyOut 0.0.0.0/0)");
        }
    }
}
