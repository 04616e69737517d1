package dev.sandboxer.credentials;

import dev.sandboxer.extension.ExtensionId;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** The id of a credential. It reveals nothing about the secret. */
public record CredentialId(String value) {
    private static final Pattern FORM = Pattern.compile("c[0-9a-f]{12}|env\\.[a-z0-9.-]{1,64}@[0-9a-f]{8}");
    private static final String OF_ENVIRONMENT = "env.";
    private static final int RANDOM_BYTES = 6;
    private static final int PRINT_LENGTH = 8;

    public CredentialId {
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException("not the id of a credential"); // not repeated: it may be a misplaced key
        }
    }

    static CredentialId random() {
        var bytes = new byte[RANDOM_BYTES];
        new SecureRandom().nextBytes(bytes);
        return new CredentialId("c" + HexFormat.of().formatHex(bytes));
    }

    /**
     * Returns the id of the platform's credential for an extension in the environment of this process. Another key or address
     * gives another id, so that a sandbox stays with the account that made it when the environment changes.
     */
    static CredentialId ofEnvironment(ExtensionId extension, String fingerprint) {
        return new CredentialId(OF_ENVIRONMENT + extension.value().substring("ext.".length()) + "@"
                + fingerprint.substring(0, PRINT_LENGTH));
    }

    boolean isOfEnvironment() {
        return isOfEnvironment(value);
    }

    ExtensionId extensionOfEnvironment() {
        return extensionOfEnvironment(value);
    }

    /** Returns how a message names a credential. Repeats only an id, because anything else may be a misplaced key. */
    static String mention(String idOrName) {
        return FORM.matcher(idOrName).matches() ? "credential " + idOrName : "credential of that name";
    }

    /** Returns true if the text can only mean a credential in the environment. */
    static boolean isOfEnvironment(String idOrName) {
        return idOrName.startsWith(OF_ENVIRONMENT);
    }

    /** Returns the extension of a credential in the environment, such as {@code env.e2b@0123abcd} or {@code env.e2b}. */
    static ExtensionId extensionOfEnvironment(String idOrName) {
        var end = idOrName.indexOf('@');
        return new ExtensionId("ext." + idOrName.substring(OF_ENVIRONMENT.length(), end < 0 ? idOrName.length() : end));
    }

    @Override
    public String toString() {
        return value;
    }
}
