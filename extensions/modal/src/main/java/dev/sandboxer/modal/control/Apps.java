package dev.sandboxer.modal.control;

import dev.sandboxer.extension.ExtensionContext;
import dev.sandboxer.protocol.modal.ClientProto.AppGetOrCreateRequest;
import dev.sandboxer.protocol.modal.ClientProto.EnvironmentGetOrCreateRequest;
import dev.sandboxer.protocol.modal.ClientProto.ObjectCreationType;
import dev.sandboxer.protocol.modal.ModalClientGrpc;
import org.jspecify.annotations.Nullable;

/**
 * The apps that an installation's sandboxes belong to: one per consumer, {@code sandboxer-<installation>-<consumer>}, because Modal's bills
 * and budgets are by app. Sandboxes of nobody in particular are in {@code sandboxer-<installation>}. Thread-safe.
 */
public final class Apps {
    private static final String DOING = "opening the app";
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
     * The id of a consumer's app, which is made when there is none.
     *
     * @param consumer null = nobody in particular
     */
    String app(@Nullable String consumer) {
        var name = name(consumer);
        return state.get(name).orElseGet(() -> open(name));
    }

    /** The app that was remembered may be gone. */
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
        var id = client.read(ModalClientGrpc.getAppGetOrCreateMethod(), request, DOING, null)
                .getAppId();
        if (id.isEmpty()) {
            throw client.errors().malformed(DOING, "the answer has no id");
        }
        state.put(name, id);
        return id;
    }

    /** Asks for what is there without making anything. */
    public void check() {
        environment();
    }

    /** The version of Modal's image builder that the environment uses. */
    String builderVersion() {
        return state.get(BUILDER).orElseGet(this::environment);
    }

    private String environment() {
        var request = EnvironmentGetOrCreateRequest.newBuilder()
                .setDeploymentName(client.account().environment())
                .setObjectCreationType(ObjectCreationType.OCT_LOOKUP)
                .build();
        var version = client.read(
                        ModalClientGrpc.getEnvironmentGetOrCreateMethod(), request, "asking for the environment", null)
                .getMetadata()
                .getSettings()
                .getImageBuilderVersion();
        state.put(BUILDER, version);
        return version;
    }
}
