package dev.sandboxer.credentials;

import dev.sandboxer.extension.ExtensionId;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** Names a credential; says nothing about what is in it. */
public record CredentialId(String value) {
    private static final Pattern FORM = Pattern.compile("c[0-9a-f]{12}|env\\.[a-z0-9.-]{1,64}");
    private static final String OF_ENVIRONMENT = "env.";
    private static final int RANDOM_BYTES = 6;

    public CredentialId {
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException("not the id of a credential: " + value);
        }
    }

    static CredentialId random() {
        var bytes = new byte[RANDOM_BYTES];
        new SecureRandom().nextBytes(bytes);
        return new CredentialId("c" + HexFormat.of().formatHex(bytes));
    }

    /** The platform's credential for an extension that stands in the environment of this process. */
    static CredentialId ofEnvironment(ExtensionId extension) {
        return new CredentialId(OF_ENVIRONMENT + extension.value().substring("ext.".length()));
    }

    boolean isOfEnvironment() {
        return value.startsWith(OF_ENVIRONMENT);
    }

    ExtensionId extensionOfEnvironment() {
        return new ExtensionId("ext." + value.substring(OF_ENVIRONMENT.length()));
    }

    @Override
    public String toString() {
        return value;
    }
}
