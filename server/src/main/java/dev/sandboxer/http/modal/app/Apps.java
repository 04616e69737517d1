package dev.sandboxer.http.modal.app;

import dev.sandboxer.http.modal.edge.ModalErrors;
import dev.sandboxer.http.modal.edge.ModalIds;
import dev.sandboxer.objects.StoredObject;
import dev.sandboxer.objects.StoredObjects;
import dev.sandboxer.protocol.modal.ClientProto.AppGetOrCreateRequest;
import dev.sandboxer.protocol.modal.ClientProto.ObjectCreationType;
import java.util.Optional;

/** Modal's apps, which group sandboxes. */
public final class Apps {
    private static final String KIND = "app";

    private final StoredObjects objects;

    public Apps(StoredObjects objects) {
        this.objects = objects;
    }

    /** An app and its environment. */
    public record App(String id, String environment, String name) {}

    /** Finds an app by its name, or creates it if the request says so. */
    public App findOrCreate(String consumer, AppGetOrCreateRequest request) {
        var name = Names.check("app", request.getAppName());
        var environment = Environments.name(request.getEnvironmentName());
        return switch (request.getObjectCreationType()) {
            case OCT_LOOKUP ->
                find(consumer, environment, name)
                        .orElseThrow(() -> ModalErrors.notFound(
                                "App '" + name + "' not found in environment '" + environment + "'"));
            case OCT_CREATE_IF_MISSING ->
                app(objects.findOrAdd(
                        consumer, KIND, Environments.qualified(environment, name), ModalIds.random("ap"), ""));
            default ->
                throw ModalErrors.unimplemented("apps are looked up, or created if missing; "
                        + creation(request.getObjectCreationType()) + " is not supported");
        };
    }

    private static String creation(ObjectCreationType type) {
        return type == ObjectCreationType.UNRECOGNIZED ? "this" : type.name();
    }

    /** Finds an app by its name. */
    public Optional<App> find(String consumer, String environment, String name) {
        return objects.named(consumer, KIND, Environments.qualified(environment, name))
                .map(Apps::app);
    }

    /**
     * Returns the app with this id.
     *
     * @throws io.grpc.StatusRuntimeException {@code NOT_FOUND}
     */
    public App get(String consumer, String id) {
        return objects.find(consumer, KIND, id)
                .map(Apps::app)
                .orElseThrow(() -> ModalErrors.notFound("App with ID " + ModalErrors.shown(id) + " not found"));
    }

    private static App app(StoredObject object) {
        var name = String.valueOf(object.name());
        var slash = name.indexOf('/');
        return new App(object.id(), name.substring(0, slash), name.substring(slash + 1));
    }
}
