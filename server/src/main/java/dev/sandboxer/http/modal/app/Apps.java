package dev.sandboxer.http.modal.app;

import dev.sandboxer.http.modal.edge.ModalErrors;
import dev.sandboxer.http.modal.edge.ModalIds;
import dev.sandboxer.objects.StoredObject;
import dev.sandboxer.objects.StoredObjects;
import dev.sandboxer.protocol.modal.ClientProto.AppGetOrCreateRequest;
import dev.sandboxer.protocol.modal.ClientProto.ObjectCreationType;
import java.util.Optional;

/** Modal's apps: what sandboxes are grouped by. */
public final class Apps {
    private static final String KIND = "app";

    private final StoredObjects objects;

    public Apps(StoredObjects objects) {
        this.objects = objects;
    }

    /** An app, with the environment that it is in. */
    public record App(String id, String environment, String name) {}

    /** Finds the app of a name, or makes it if the request says so. */
    public App findOrCreate(String consumer, AppGetOrCreateRequest request) {
        var name = Names.check("app", request.getAppName());
        var environment = Environments.name(request.getEnvironmentName());
        return switch (request.getObjectCreationType()) {
            case OCT_LOOKUP ->
                named(consumer, environment, name)
                        .orElseThrow(() -> ModalErrors.notFound(
                                "App '" + name + "' not found in environment '" + environment + "'"));
            case OCT_CREATE_IF_MISSING ->
                app(objects.findOrAdd(
                        consumer, KIND, Environments.within(environment, name), ModalIds.random("ap"), ""));
            default ->
                throw ModalErrors.unimplemented("apps are looked up, or created if missing; "
                        + creation(request.getObjectCreationType()) + " is not supported");
        };
    }

    private static String creation(ObjectCreationType type) {
        return type == ObjectCreationType.UNRECOGNIZED ? "this" : type.name();
    }

    public Optional<App> named(String consumer, String environment, String name) {
        return objects.named(consumer, KIND, Environments.within(environment, name))
                .map(Apps::app);
    }

    /** The app with that id. */
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
