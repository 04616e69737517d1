package dev.sandboxer.http.modal.app;

import dev.sandboxer.http.modal.edge.ModalErrors;
import java.util.regex.Pattern;

/** Checks names by Modal's rules. */
public final class Names {
    private static final Pattern OBJECT = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    /** Names that clients would take for an app id. */
    private static final Pattern LOOKS_LIKE_APP_ID = Pattern.compile("ap-[A-Za-z0-9]{22}");

    private Names() {}

    /**
     * Returns the name if it is valid for an app, a sandbox or a secret.
     *
     * @param kind the kind of object, for the message
     * @throws io.grpc.StatusRuntimeException {@code INVALID_ARGUMENT}
     */
    public static String check(String kind, String name) {
        if (!OBJECT.matcher(name).matches() || LOOKS_LIKE_APP_ID.matcher(name).matches()) {
            throw ModalErrors.invalid("invalid " + kind + " name " + ModalErrors.shown(name)
                    + ": use 1 to 64 letters, digits, dashes, dots and underscores, but not the form of an app id");
        }
        return name;
    }
}
