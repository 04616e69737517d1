package dev.sandboxer.cli.sandboxes.listing;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.names.SandboxNames;
import dev.sandboxer.profiles.Spelling;
import java.util.List;
import java.util.Locale;

/**
 * One condition of {@code ls --filter}.
 *
 * @param key state, reason, profile, on or name; any other is a key of the metadata
 */
record SandboxFilter(String key, String value) {
    /**
     * Parses a condition.
     *
     * @throws SandboxException {@code INVALID_ARGUMENT} when the text is not KEY=VALUE
     */
    static SandboxFilter parse(String text) {
        var equals = text.indexOf('=');
        if (equals < 1) {
            throw new SandboxException(ErrorCode.INVALID_ARGUMENT, Spelling.quoted(text) + " is not KEY=VALUE");
        }
        return new SandboxFilter(text.substring(0, equals), text.substring(equals + 1));
    }

    static boolean allMatch(List<SandboxFilter> filters, Sandbox sandbox) {
        return filters.stream().allMatch(filter -> filter.matches(sandbox));
    }

    private boolean matches(Sandbox sandbox) {
        return switch (key) {
            case "state" ->
                value.toLowerCase(Locale.ROOT).equals(sandbox.state().text());
            case "reason" ->
                sandbox.reason() != null && value.equals(sandbox.reason().text());
            case "profile" ->
                sandbox.profile().value().equals(value)
                        || sandbox.profile().value().equals("profile." + value);
            case "on" -> sandbox.extension().value().equals(value);
            case "name" -> value.equals(sandbox.metadata().get(SandboxNames.NAME));
            default -> value.equals(sandbox.metadata().get(key));
        };
    }
}
