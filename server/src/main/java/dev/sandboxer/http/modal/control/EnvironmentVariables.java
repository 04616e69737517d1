package dev.sandboxer.http.modal.control;

import dev.sandboxer.http.modal.edge.ModalErrors;
import java.util.Map;
import java.util.regex.Pattern;

/** Checks the environment variables of sandboxes and secrets. */
final class EnvironmentVariables {
    private static final int MAX_COUNT = 1000;
    private static final int MAX_LENGTH = 64 << 10;
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    private EnvironmentVariables() {}

    /** Refuses invalid names, and too many or too long variables. The messages contain no values. */
    static void check(Map<String, String> variables) {
        if (variables.size() > MAX_COUNT) {
            throw ModalErrors.invalid("too many environment variables: at most " + MAX_COUNT + " are allowed");
        }
        variables.forEach((name, value) -> {
            if (!NAME.matcher(name).matches()) {
                throw ModalErrors.invalid("invalid environment variable name " + ModalErrors.shown(name)
                        + ": names have letters, digits and underscores, and don't begin with a digit");
            }
            if (value.indexOf('\0') >= 0 || value.length() > MAX_LENGTH) {
                throw ModalErrors.invalid("the value of the environment variable " + name
                        + " contains NUL, or has more than " + MAX_LENGTH + " characters");
            }
        });
    }
}
