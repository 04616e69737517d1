package dev.sandboxer.http.modal.app;

import dev.sandboxer.http.modal.edge.ModalErrors;
import dev.sandboxer.protocol.modal.ClientProto.EnvironmentGetOrCreateResponse;
import dev.sandboxer.protocol.modal.ClientProto.EnvironmentMetadata;
import dev.sandboxer.protocol.modal.ClientProto.EnvironmentSettings;
import java.util.regex.Pattern;

/** Modal's environments: here no more than a part of the names of apps, secrets and image tags, so that each exists. */
public final class Environments {
    /** The builder whose Dockerfiles for a plain image hold {@code FROM} alone. */
    public static final String BUILDER = "2025.06";

    private static final String USUAL = "main";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    private Environments() {}

    /** The environment of that name; empty means the usual one. */
    public static String name(String asked) {
        if (asked.isEmpty()) {
            return USUAL;
        }
        if (!NAME.matcher(asked).matches()) {
            throw ModalErrors.invalid("not the name of an environment: " + ModalErrors.shown(asked));
        }
        return asked;
    }

    /** A name that is unique among those of one kind in all environments. */
    public static String within(String environment, String name) {
        return name(environment) + "/" + name;
    }

    public static EnvironmentGetOrCreateResponse answer(String asked) {
        var name = name(asked);
        return EnvironmentGetOrCreateResponse.newBuilder()
                .setEnvironmentId("en-" + name)
                .setMetadata(EnvironmentMetadata.newBuilder()
                        .setName(name)
                        .setSettings(EnvironmentSettings.newBuilder().setImageBuilderVersion(BUILDER)))
                .build();
    }
}
