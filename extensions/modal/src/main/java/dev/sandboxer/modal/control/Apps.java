package dev.sandboxer.modal.control;

import dev.sandboxer.extension.ExtensionContext;
import dev.sandboxer.protocol.modal.ClientProto.AppGetOrCreateRequest;
import dev.sandboxer.protocol.modal.ClientProto.EnvironmentGetOrCreateRequest;
import dev.sandboxer.protocol.modal.ClientProto.ObjectCreationType;
import dev.sandboxer.protocol.modal.ModalClientGrpc;
import org.jspecify.annotations.Nullable;

/**
 * The Modal apps of an installation's sandboxes: one per consumer, {@code sandboxer-<installation>-<consumer>}, because
 * Modal's bills and budgets are by app. Sandboxes without a consumer are in {@code sandboxer-<installation>}.
 * Thread-safe.
 */
public final class Apps {
    private static final String ACTION = "opening the app";
    private static final String BUILDER = "builder";

    private final ControlClient client;
    private final AccountState state;
    private final String prefix;

    public Apps(ExtensionContext context, ControlClient client, AccountState state) {
        this.client = client;
        this.state = state;
        this.prefix = "sandboxer-" + context.installation();
    }

    /**
     * Returns the id of a consumer's app, and creates the app if it is missing.
     *
     * @param consumer null = the app for sandboxes without a consumer
     */
    String app(@Nullable String consumer) {
        var name = name(consumer);
        return state.get(name).orElseGet(() -> open(name));
    }

    /** Forgets an app's id, because the app may have been deleted. */
    void forget(@Nullable String consumer) {
        state.forget(name(consumer));
    }

    private String name(@Nullable String consumer) {
        return ModalName.of(consumer == null ? prefix : prefix + "-" + consumer);
    }

    private String open(String name) {
        var request = AppGetOrCreateRequest.newBuilder()
                .setAppName(name)
                .setEnvironmentName(client.account().environment())
                .setObjectCreationType(ObjectCreationType.OCT_CREATE_IF_MISSING)
                .build();
        var id = client.read(ModalClientGrpc.getAppGetOrCreateMethod(), request, ACTION, null)
                .getAppId();
        if (id.isEmpty()) {
            throw client.errors().malformed(ACTION, "the answer has no id");
        }
        state.put(name, id);
        return id;
    }

    /** Checks the credential by looking up the environment. Creates nothing. */
    public void check() {
        environment();
    }

    /** Returns the version of Modal's image builder that the environment uses. */
    String builderVersion() {
        return state.get(BUILDER).orElseGet(this::environment);
    }

    private String environment() {
        var request = EnvironmentGetOrCreateRequest.newBuilder()
                .setDeploymentName(client.account().environment())
                .setObjectCreationType(ObjectCreationType.OCT_LOOKUP)
                .build();
        var version = client.read(
                        ModalClientGrpc.getEnvironmentGetOrCreateMethod(), request, "looking up the environment", null)
                .getMetadata()
                .getSettings()
                .getImageBuilderVersion();
        state.put(BUILDER, version);
        return version;
    }
}
