package dev.sandboxer.http.modal.app;

import dev.sandboxer.http.modal.edge.ModalErrors;
import dev.sandboxer.protocol.modal.ClientProto.EnvironmentGetOrCreateResponse;
import dev.sandboxer.protocol.modal.ClientProto.EnvironmentMetadata;
import dev.sandboxer.protocol.modal.ClientProto.EnvironmentSettings;
import java.util.regex.Pattern;

/** Modal's environments. Here an environment is only a prefix of the names of apps, secrets and image tags, so every valid name exists. */
public final class Environments {
    /** The image builder version for which clients send an unmodified image as a single {@code FROM} line. */
    public static final String BUILDER_VERSION = "2025.06";

    private static final String DEFAULT = "main";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    private Environments() {}

    /** Checks and returns an environment name; an empty one means the default. */
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
