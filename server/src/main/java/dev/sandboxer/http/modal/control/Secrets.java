package dev.sandboxer.http.modal.control;

import dev.sandboxer.http.modal.app.Environments;
import dev.sandboxer.http.modal.app.Names;
import dev.sandboxer.http.modal.edge.ModalErrors;
import dev.sandboxer.http.modal.edge.ModalIds;
import dev.sandboxer.objects.StoredObject;
import dev.sandboxer.objects.StoredObjects;
import dev.sandboxer.protocol.modal.ClientProto.SecretGetOrCreateRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * Modal's secrets: sets of environment variables, each with an id. A secret without a name is kept for 25 hours, longer than any sandbox
 * lives.
 */
public final class Secrets {
    private static final String KIND = "secret";
    private static final Duration EPHEMERAL = Duration.ofHours(25);
    private static final TypeReference<Map<String, String>> VARIABLES = new TypeReference<>() {};
    private static final JsonMapper JSON = new JsonMapper();

    private final StoredObjects objects;

    public Secrets(StoredObjects objects) {
        this.objects = objects;
    }

    /** Finds or creates a secret, depending on the request's creation type; returns its id. */
    String findOrCreate(String consumer, SecretGetOrCreateRequest request) {
        return switch (request.getObjectCreationType()) {
            case OCT_LOOKUP -> lookUp(consumer, request).id();
            case OCT_ANONYMOUS_OWNED_BY_APP, OCT_EPHEMERAL ->
                objects.add(consumer, KIND, ModalIds.random("st"), content(request), EPHEMERAL)
                        .id();
            case OCT_CREATE_IF_MISSING ->
                objects.findOrAdd(consumer, KIND, name(request), ModalIds.random("st"), content(request))
                        .id();
            case OCT_CREATE_OVERWRITE_IF_EXISTS -> overwrite(consumer, request);
            case OCT_CREATE_FAIL_IF_EXISTS -> create(consumer, request);
            case UNRECOGNIZED -> throw ModalErrors.invalid("unknown object_creation_type");
        };
    }

    private String overwrite(String consumer, SecretGetOrCreateRequest request) {
        var content = content(request);
        var found = objects.findOrAdd(consumer, KIND, name(request), ModalIds.random("st"), content);
        return found.content().equals(content)
                ? found.id()
                : objects.replace(consumer, KIND, name(request), found.id(), content)
                        .id();
    }

    private String create(String consumer, SecretGetOrCreateRequest request) {
        var id = ModalIds.random("st");
        var made = objects.findOrAdd(consumer, KIND, name(request), id, content(request));
        if (!made.id().equals(id)) {
            throw Status.ALREADY_EXISTS
                    .withDescription("Secret '" + request.getDeploymentName() + "' already exists")
                    .asRuntimeException();
        }
        return id;
    }

    private StoredObject lookUp(String consumer, SecretGetOrCreateRequest request) {
        var found = objects.named(consumer, KIND, name(request))
                .orElseThrow(() -> ModalErrors.notFound("Secret '" + request.getDeploymentName()
                        + "' not found in environment '" + Environments.name(request.getEnvironmentName()) + "'"));
        var variables = variables(found);
        var missing = request.getRequiredKeysList().stream()
                .filter(key -> !variables.containsKey(key))
                .toList();
        if (!missing.isEmpty()) {
            throw Status.FAILED_PRECONDITION
                    .withDescription("Secret is missing key(s): " + String.join(", ", missing))
                    .asRuntimeException();
        }
        return found;
    }

    private static String name(SecretGetOrCreateRequest request) {
        return Environments.qualified(request.getEnvironmentName(), Names.check("secret", request.getDeploymentName()));
    }

    private static String content(SecretGetOrCreateRequest request) {
        var variables = new TreeMap<>(request.getEnvDictMap());
        EnvironmentVariables.check(variables);
        return JSON.writeValueAsString(variables);
    }

    /**
     * Returns the merged variables of secrets; if several set the same variable, the last one wins.
     *
     * @throws StatusRuntimeException {@code NOT_FOUND}
     */
    public Map<String, String> variables(String consumer, List<String> ids) {
        var all = new TreeMap<String, String>();
        for (String id : ids) {
            all.putAll(variables(objects.find(consumer, KIND, id)
                    .orElseThrow(
                            () -> ModalErrors.notFound("Secret with ID " + ModalErrors.shown(id) + " not found"))));
        }
        return all;
    }

    private static Map<String, String> variables(StoredObject secret) {
        return JSON.readValue(secret.content(), VARIABLES);
    }

    void delete(String consumer, String id) {
        if (!objects.delete(consumer, KIND, id)) {
            throw ModalErrors.notFound("Secret with ID " + ModalErrors.shown(id) + " not found");
        }
    }
}
