package dev.sandboxer.modal.control;

import dev.sandboxer.extension.ExtensionContext;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.protocol.modal.ClientProto.AppGetOrCreateRequest;
import dev.sandboxer.protocol.modal.ClientProto.EnvironmentGetOrCreateRequest;
import dev.sandboxer.protocol.modal.ClientProto.ObjectCreationType;
import dev.sandboxer.protocol.modal.ModalClientGrpc;
import java.util.Optional;

/**
 * The app that an installation's sandboxes belong to, {@code sandboxer-<installation>}; Modal's bills and budgets are by app.
 * Thread-safe.
 */
public final class Apps {
    private static final String DOING = "opening the app";
    private static final String BUILDER = "builder";

    private final ControlClient client;
    private final AccountState state;
    private final String name;

    public Apps(ExtensionContext context, ControlClient client, AccountState state) {
        this.client = client;
        this.state = state;
        this.name = "sandboxer-" + context.installation();
    }

    /** Its id; it is made when there is none. */
    public String app() {
        return state.get(name).orElseGet(() -> open(ObjectCreationType.OCT_CREATE_IF_MISSING));
    }

    /** Its id; empty when there is none, and so no sandbox either. */
    Optional<String> existing() {
        var known = state.get(name);
        if (known.isPresent()) {
            return known;
        }
        try {
            return Optional.of(open(ObjectCreationType.OCT_LOOKUP));
        } catch (ExtensionException e) {
            if (e.kind() == Kind.INVALID) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private String open(ObjectCreationType how) {
        var request = AppGetOrCreateRequest.newBuilder()
                .setAppName(name)
                .setEnvironmentName(client.account().environment())
                .setObjectCreationType(how)
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
