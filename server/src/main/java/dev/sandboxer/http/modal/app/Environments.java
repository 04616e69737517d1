package dev.sandboxer.http.modal.app;

import dev.sandboxer.http.modal.edge.ModalErrors;
import dev.sandboxer.protocol.modal.ClientProto.EnvironmentGetOrCreateResponse;
import dev.sandboxer.protocol.modal.ClientProto.EnvironmentMetadata;
import dev.sandboxer.protocol.modal.ClientProto.EnvironmentSettings;
import java.util.regex.Pattern;

/** Modal's environments. Here they are only a part of the names of apps, secrets and image tags, so any of them exists. */
public final class Environments {
    /** Modal's image builder version with which clients send a plain image as {@code FROM} alone. */
    public static final String BUILDER_VERSION = "2025.06";

    private static final String DEFAULT = "main";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    private Environments() {}

    /** Returns a valid environment name; an empty one stands for the default. */
    public static String name(String asked) {
        if (asked.isEmpty()) {
            return DEFAULT;
        }
        if (!NAME.matcher(asked).matches()) {
            throw ModalErrors.invalid(
                    "invalid environment name " + ModalErrors.shown(asked)
                            + ": names have at most 64 letters, digits, dashes, dots and underscores, and begin with a letter or digit");
        }
        return asked;
    }

    /** Qualifies a name with its environment. */
    public static String qualified(String environment, String name) {
        return name(environment) + "/" + name;
    }

    public static EnvironmentGetOrCreateResponse response(String asked) {
        var name = name(asked);
        return EnvironmentGetOrCreateResponse.newBuilder()
                .setEnvironmentId("en-" + name)
                .setMetadata(EnvironmentMetadata.newBuilder()
                        .setName(name)
                        .setSettings(EnvironmentSettings.newBuilder().setImageBuilderVersion(BUILDER_VERSION)))
                .build();
    }
}
