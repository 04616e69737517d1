package dev.sandboxer.modal.control;

import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.CreateRequest;
import dev.sandboxer.extension.CreationProgress.Stage;
import dev.sandboxer.extension.ExtensionContext;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Effect;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.protocol.modal.ClientProto.ObjectCreationType;
import dev.sandboxer.protocol.modal.ClientProto.SandboxCreateRequest;
import dev.sandboxer.protocol.modal.ClientProto.SandboxCreateV2Request;
import dev.sandboxer.protocol.modal.ClientProto.SecretGetOrCreateRequest;
import dev.sandboxer.protocol.modal.ClientProto.SecretSource;
import dev.sandboxer.protocol.modal.ClientProto.StringMap;
import dev.sandboxer.protocol.modal.ModalClientGrpc;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Creates sandboxes: of the first generation with a GPU, otherwise of the second. Modal may not recognize a creation
 * that is sent twice, so one with an unknown outcome is never sent again; its sandbox is found by tag.
 */
public final class SandboxCreation {
    private static final String ACTION = "creating a sandbox";

    private final ExtensionContext context;
    private final ControlClient client;
    private final Apps apps;
    private final ImageBuilds images;
    private final SandboxCalls sandboxes;
    private final TaskQueue queue;

    public SandboxCreation(
            ExtensionContext context, ControlClient client, Apps apps, ImageBuilds images, SandboxCalls sandboxes) {
        this.context = context;
        this.client = client;
        this.apps = apps;
        this.images = images;
        this.sandboxes = sandboxes;
        this.queue = new TaskQueue(client, sandboxes, context.clock());
    }

    /**
     * A new sandbox that has a machine.
     *
     * @param task id of the task that runs it
     * @param access to its router; null = not known yet
     */
    public record Created(
            BackendRef ref,
            SandboxRecord record,
            String task,
            @Nullable RouterAccess access,
            Instant createdAt) {}

    public Created create(CreateRequest request) {
        var now = context.clock().instant();
        Lifetime.seconds(now, request.deadline());
        var image = images.imageId(request);
        var gpu = request.spec().size().gpu();
        try {
            return gpu == null ? createV2(request, image) : createWithGpu(request, image, gpu.types());
        } catch (ExtensionException e) {
            if (e.kind() == Kind.INVALID) { // the app or image may have been deleted
                images.forget(request);
                apps.forget(request.consumer());
            }
            throw e;
        }
    }

    private Created createV2(CreateRequest request, String image) {
        request.report(Stage.STARTING, "starting a sandbox at Modal");
        var definition =
                new SandboxDefinition(request, client.account().server().plaintext());
        var now = context.clock().instant();
        var record = SandboxRecord.of(request, now, null, definition.tunnels());
        var message = SandboxCreateV2Request.newBuilder()
                .setAppId(apps.app(request.consumer()))
                .setDefinition(definition.build(
                        image, SandboxName.of(request.tag(), 1), record, Lifetime.seconds(now, request.deadline())))
                .addAllTags(record.toTags());
        if (!request.spec().env().isEmpty()) {
            message.addSecretSources(SecretSource.newBuilder()
                    .setEnv(StringMap.newBuilder().putAllContents(request.spec().env())));
        }
        var answer = client.create(ModalClientGrpc.getSandboxCreateV2Method(), message.build(), ACTION);
        var ref = reference(answer.getSandboxId());
        return terminateOnFailure(ref, () -> {
            var result = answer.getMetadata().getResult();
            if (result.getStatusValue() != 0) {
                throw SandboxEnd.of(result, client.errors()).gone(ref);
            }
            var task = answer.getTaskId().isEmpty() ? queue.await(ref, request, "machine") : answer.getTaskId();
            var access = answer.getCommandRouterAccess();
            return new Created(
                    ref,
                    record,
                    task,
                    access.getUrl().isEmpty() ? null : new RouterAccess(access.getJwt(), access.getUrl()),
                    context.clock().instant());
        });
    }

    /** Tries the GPU types in order, until one is available. */
    private Created createWithGpu(CreateRequest request, String image, List<String> types) {
        var secret = request.spec().env().isEmpty() ? "" : storeVariables(request);
        ExtensionException failure = null;
        for (int i = 0; i < types.size(); i++) {
            try {
                return createV1(request, image, secret, types.get(i), i + 1);
            } catch (ExtensionException e) {
                var mayHelp = e.kind() == Kind.CAPACITY || e.kind() == Kind.QUOTA;
                var isLate = !context.clock().instant().isBefore(request.deadline());
                if (!mayHelp || isLate || e.effect() == Effect.UNKNOWN) {
                    throw e;
                }
                failure = e;
            }
        }
        throw Objects.requireNonNull(failure);
    }

    private Created createV1(CreateRequest request, String image, String secret, String type, int attempt) {
        var what = "GPU of type " + type;
        request.report(Stage.QUEUED, "asking for a " + what);
        var definition =
                new SandboxDefinition(request, client.account().server().plaintext());
        var now = context.clock().instant();
        var record = SandboxRecord.of(request, now, type, definition.tunnels());
        var built = definition.build(
                image, SandboxName.of(request.tag(), attempt), record, Lifetime.seconds(now, request.deadline()));
        if (!secret.isEmpty()) {
            built.addSecretIds(secret);
        }
        var message = SandboxCreateRequest.newBuilder()
                .setAppId(apps.app(request.consumer()))
                .setDefinition(built)
                .addAllTags(record.toTags())
                .build();
        var ref = reference(client.create(ModalClientGrpc.getSandboxCreateMethod(), message, ACTION)
                .getSandboxId());
        return terminateOnFailure(ref, () -> {
            var task = queue.await(ref, request, what);
            request.report(Stage.STARTING, "starting a sandbox at Modal");
            return new Created(ref, record, task, null, context.clock().instant());
        });
    }

    /**
     * Stores the sandbox's variables in a secret and returns its id. The first generation takes variables only as a
     * secret; Modal's own clients make one for each sandbox too. It is not reused, since the life of an ephemeral
     * secret is undocumented.
     */
    private String storeVariables(CreateRequest request) {
        var message = SecretGetOrCreateRequest.newBuilder()
                .setObjectCreationType(ObjectCreationType.OCT_EPHEMERAL)
                .setEnvironmentName(client.account().environment())
                .putAllEnvDict(request.spec().env())
                .build();
        return client.read(ModalClientGrpc.getSecretGetOrCreateMethod(), message, "storing variables", null)
                .getSecretId();
    }

    private BackendRef reference(String id) {
        if (!id.startsWith("sb-")) {
            throw client.errors().malformed(ACTION, "the answer has no id");
        }
        return new BackendRef(id);
    }

    /** Runs work on a new sandbox, and terminates the sandbox if the work fails, since nobody else knows its id. */
    private Created terminateOnFailure(BackendRef ref, Supplier<Created> work) {
        try {
            return work.get();
        } catch (ExtensionException e) {
            var kind = e.kind() == Kind.GONE ? Kind.TRANSIENT : e.kind();
            var notTerminated = terminate(ref);
            if (notTerminated.isEmpty()) {
                throw new ExtensionException(
                        kind, Effect.NOT_APPLIED, e.retryAfter(), String.valueOf(e.getMessage()), e);
            }
            e.addSuppressed(notTerminated.get());
            var message = e.getMessage() + "; the sandbox " + ref + " could not be terminated";
            throw new ExtensionException(kind, Effect.UNKNOWN, e.retryAfter(), message, e);
        }
    }

    private Optional<ExtensionException> terminate(BackendRef ref) {
        try {
            sandboxes.terminateUninterruptibly(ref);
            return Optional.empty();
        } catch (ExtensionException e) {
            return Optional.of(e);
        }
    }
}
