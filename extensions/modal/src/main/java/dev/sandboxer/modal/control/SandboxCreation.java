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
import org.jspecify.annotations.Nullable;

/**
 * Makes sandboxes: of the first generation with a GPU, else of the second. Whether Modal recognises a creation that is sent twice is not
 * known, so one whose outcome is unknown is not sent again; it is found by its tag.
 */
public final class SandboxCreation {
    private static final String DOING = "creating a sandbox";

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
     * A sandbox that has a machine.
     *
     * @param task what runs it
     * @param access to its router; null = to be asked for
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
            return gpu == null ? small(request, image) : withGpu(request, image, gpu.types());
        } catch (ExtensionException e) {
            if (e.kind() == Kind.INVALID) { // what was remembered may have been deleted there
                images.forget(request);
                apps.forget(request.consumer());
            }
            throw e;
        }
    }

    private Created small(CreateRequest request, String image) {
        request.report(Stage.STARTING, "starting a sandbox at Modal");
        var definition =
                new SandboxDefinition(request, client.account().server().plaintext());
        var now = context.clock().instant();
        var record = SandboxRecord.of(request, now, null, definition.tunnels());
        var asked = SandboxCreateV2Request.newBuilder()
                .setAppId(apps.app(request.consumer()))
                .setDefinition(definition.build(
                        image, SandboxName.of(request.tag(), 1), record, Lifetime.seconds(now, request.deadline())))
                .addAllTags(record.toTags());
        if (!request.spec().env().isEmpty()) {
            asked.addSecretSources(SecretSource.newBuilder()
                    .setEnv(StringMap.newBuilder().putAllContents(request.spec().env())));
        }
        var answer = client.create(ModalClientGrpc.getSandboxCreateV2Method(), asked.build(), DOING);
        var ref = reference(answer.getSandboxId());
        return afterwards(ref, () -> {
            var result = answer.getMetadata().getResult();
            if (result.getStatusValue() != 0) {
                throw Ending.of(result, client.errors()).gone(ref);
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

    /** The types of GPU in the order asked for: when there is none of one, the next is tried. */
    private Created withGpu(CreateRequest request, String image, List<String> types) {
        var secret = request.spec().env().isEmpty() ? "" : secret(request);
        ExtensionException failure = null;
        for (int i = 0; i < types.size(); i++) {
            try {
                return withGpu(request, image, secret, types.get(i), i + 1);
            } catch (ExtensionException e) {
                var mayBeElsewhere = e.kind() == Kind.CAPACITY || e.kind() == Kind.QUOTA;
                var isLate = !context.clock().instant().isBefore(request.deadline());
                if (!mayBeElsewhere || isLate || e.effect() == Effect.UNKNOWN) {
                    throw e;
                }
                failure = e;
            }
        }
        throw Objects.requireNonNull(failure);
    }

    private Created withGpu(CreateRequest request, String image, String secret, String type, int tries) {
        var what = "GPU of type " + type;
        request.report(Stage.QUEUED, "asking for a " + what);
        var definition =
                new SandboxDefinition(request, client.account().server().plaintext());
        var now = context.clock().instant();
        var record = SandboxRecord.of(request, now, type, definition.tunnels());
        var built = definition.build(
                image, SandboxName.of(request.tag(), tries), record, Lifetime.seconds(now, request.deadline()));
        if (!secret.isEmpty()) {
            built.addSecretIds(secret);
        }
        var asked = SandboxCreateRequest.newBuilder()
                .setAppId(apps.app(request.consumer()))
                .setDefinition(built)
                .addAllTags(record.toTags())
                .build();
        var ref = reference(client.create(ModalClientGrpc.getSandboxCreateMethod(), asked, DOING)
                .getSandboxId());
        return afterwards(ref, () -> {
            var task = queue.await(ref, request, what);
            request.report(Stage.STARTING, "starting a sandbox at Modal");
            return new Created(ref, record, task, null, context.clock().instant());
        });
    }

    /**
     * Variables of the first generation are a secret, and Modal's own clients make one for each sandbox too. It isn't used again: how long
     * an ephemeral one lasts, nobody says.
     */
    private String secret(CreateRequest request) {
        var asked = SecretGetOrCreateRequest.newBuilder()
                .setObjectCreationType(ObjectCreationType.OCT_EPHEMERAL)
                .setEnvironmentName(client.account().environment())
                .putAllEnvDict(request.spec().env())
                .build();
        return client.read(ModalClientGrpc.getSecretGetOrCreateMethod(), asked, "storing variables", null)
                .getSecretId();
    }

    private BackendRef reference(String id) {
        if (!id.startsWith("sb-")) {
            throw client.errors().malformed(DOING, "the answer has no id");
        }
        return new BackendRef(id);
    }

    /** Work that needs the sandbox's id. */
    private interface Work {
        Created run();
    }

    /** A sandbox whose start fails is ended, for its id is known here and nowhere else. */
    private Created afterwards(BackendRef ref, Work work) {
        try {
            return work.run();
        } catch (ExtensionException e) {
            var kind = e.kind() == Kind.GONE ? Kind.TRANSIENT : e.kind();
            var notEnded = terminate(ref);
            if (notEnded.isEmpty()) {
                throw new ExtensionException(
                        kind, Effect.NOT_APPLIED, e.retryAfter(), String.valueOf(e.getMessage()), e);
            }
            e.addSuppressed(notEnded.get());
            var message = e.getMessage() + "; the sandbox " + ref + " could not be ended";
            throw new ExtensionException(kind, Effect.UNKNOWN, e.retryAfter(), message, e);
        }
    }

    private Optional<ExtensionException> terminate(BackendRef ref) {
        try {
            sandboxes.terminateSurely(ref);
            return Optional.empty();
        } catch (ExtensionException e) {
            return Optional.of(e);
        }
    }
}
