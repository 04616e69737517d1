package dev.sandboxer.modal.control;

import dev.sandboxer.extension.CreateRequest;
import dev.sandboxer.extension.CreationProgress.Stage;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Effect;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.spec.RegistryCredential;
import dev.sandboxer.extension.spec.Source;
import dev.sandboxer.modal.rpc.StatusMapper;
import dev.sandboxer.protocol.modal.ClientProto.GenericResult;
import dev.sandboxer.protocol.modal.ClientProto.Image;
import dev.sandboxer.protocol.modal.ClientProto.ImageGetOrCreateRequest;
import dev.sandboxer.protocol.modal.ClientProto.ImageJoinStreamingRequest;
import dev.sandboxer.protocol.modal.ClientProto.ImageJoinStreamingResponse;
import dev.sandboxer.protocol.modal.ClientProto.ImageRegistryConfig;
import dev.sandboxer.protocol.modal.ClientProto.ObjectCreationType;
import dev.sandboxer.protocol.modal.ClientProto.SecretGetOrCreateRequest;
import dev.sandboxer.protocol.modal.ModalClientGrpc;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Builds Modal images from a registry's images. Modal keeps built images, so only the first use takes time.
 * Thread-safe.
 */
public final class ImageBuilds {
    /** Prefix of Modal's image ids, which profiles may name as templates. */
    public static final String ID_PREFIX = "im-";

    private static final String ACTION = "building an image";
    private static final Duration JOIN_TIMEOUT = Duration.ofSeconds(55);
    private static final Duration JOIN_DEADLINE = Duration.ofSeconds(75);

    /** Modal's registry type for a username and password in a secret. */
    private static final int STATIC_CREDENTIALS = 4;

    private final ControlClient client;
    private final AccountState state;
    private final Apps apps;

    public ImageBuilds(ControlClient client, AccountState state, Apps apps) {
        this.client = client;
        this.state = state;
        this.apps = apps;
    }

    /**
     * Returns the id of the image that a sandbox starts from, and builds the image if necessary.
     *
     * @throws ExtensionException {@code INVALID} when it can't be built, with the last lines of the log; the effect is
     *     always {@code NOT_APPLIED}
     */
    String imageId(CreateRequest request) {
        return switch (request.spec().source()) {
            case Source.Template(var name) -> name;
            case Source.Image image when image.credential() != null -> build(request, image);
            case Source.Image image ->
                state.get(image.reference()).orElseGet(() -> {
                    var id = build(request, image);
                    state.put(image.reference(), id);
                    return id;
                });
        };
    }

    /** Forgets an image's id, because the image may have been deleted. */
    void forget(CreateRequest request) {
        if (request.spec().source() instanceof Source.Image image) {
            state.forget(image.reference());
        }
    }

    private String build(CreateRequest request, Source.Image image) {
        try {
            return buildOnce(request, image);
        } catch (ExtensionException e) {
            throw new ExtensionException(
                    e.kind(), Effect.NOT_APPLIED, e.retryAfter(), String.valueOf(e.getMessage()), e.getCause());
        }
    }

    private String buildOnce(CreateRequest request, Source.Image image) {
        var definition = Image.newBuilder()
                .addDockerfileCommands("FROM " + image.reference())
                // Modal runs a sandbox's command through the entrypoint, and the sandbox ends when the entrypoint exits
                .addDockerfileCommands("ENTRYPOINT []");
        if (image.credential() != null) {
            definition.setImageRegistryConfig(ImageRegistryConfig.newBuilder()
                    .setRegistryAuthType(STATIC_CREDENTIALS)
                    .setSecretId(secret(image.credential())));
        }
        var message = ImageGetOrCreateRequest.newBuilder()
                .setImage(definition)
                .setAppId(apps.app(request.consumer()))
                .setBuilderVersion(apps.builderVersion())
                .build();
        var answer = client.change(ModalClientGrpc.getImageGetOrCreateMethod(), message, ACTION, null);
        if (!answer.getImageId().startsWith(ID_PREFIX)) {
            throw client.errors().malformed(ACTION, "the answer has no id");
        }
        var log = new BuildLog(request);
        var result = answer.getResult();
        if (result.getStatus() == GenericResult.Status.UNSPECIFIED) {
            request.report(Stage.BUILDING, "building the image " + image.reference());
            result = join(answer.getImageId(), log);
        }
        requireSuccess(result, image, log);
        return answer.getImageId();
    }

    private String secret(RegistryCredential credential) {
        var request = SecretGetOrCreateRequest.newBuilder()
                .setObjectCreationType(ObjectCreationType.OCT_EPHEMERAL)
                .setEnvironmentName(client.account().environment())
                .putEnvDict("REGISTRY_USERNAME", credential.username())
                .putEnvDict("REGISTRY_PASSWORD", credential.password())
                .build();
        return client.change(
                        ModalClientGrpc.getSecretGetOrCreateMethod(), request, "storing a registry's credential", null)
                .getSecretId();
    }

    /** Waits for the end of the build. Reopens a stream that ends earlier, at its last entry. */
    private GenericResult join(String image, BuildLog log) {
        var giveUpAt = System.nanoTime() + client.timeouts().build().toNanos();
        var last = new AtomicReference<>("");
        var result = new AtomicReference<@Nullable GenericResult>();
        var failures = 0;
        while (true) {
            var began = System.nanoTime();
            try {
                client.stream(
                        ModalClientGrpc.getImageJoinStreamingMethod(),
                        ImageJoinStreamingRequest.newBuilder()
                                .setImageId(image)
                                .setTimeout(JOIN_TIMEOUT.toSeconds())
                                .setLastEntryId(last.get())
                                .build(),
                        JOIN_DEADLINE,
                        (ImageJoinStreamingResponse message) -> handle(message, log, last, result));
                failures = 0;
            } catch (StatusRuntimeException e) {
                failures++;
                if (!mayResume(e, failures)) {
                    throw client.errors().failure(e, ACTION, null);
                }
            }
            var end = result.get();
            if (end != null) {
                return end;
            }
            if (System.nanoTime() > giveUpAt) {
                throw ExtensionException.notApplied(
                        Kind.TRANSIENT,
                        ACTION + ": not done after " + client.timeouts().build());
            }
            if (System.nanoTime() - began < client.timeouts().delays().poll().toNanos()) {
                Delay.sleep(
                        client.timeouts().delays().poll()); // don't busy-loop on a server that closes streams at once
            }
        }
    }

    private static boolean mayResume(StatusRuntimeException e, int failures) {
        var mostInARow = 10;
        return !Thread.currentThread().isInterrupted()
                && (e.getStatus().getCode() == Status.Code.DEADLINE_EXCEEDED
                        || StatusMapper.isTransient(e) && failures < mostInARow);
    }

    private static void handle(
            ImageJoinStreamingResponse message,
            BuildLog log,
            AtomicReference<String> last,
            AtomicReference<@Nullable GenericResult> result) {
        message.getTaskLogsList().forEach(piece -> log.add(piece.getData()));
        if (!message.getEntryId().isEmpty()) {
            last.set(message.getEntryId());
        }
        if (message.getResult().getStatus() != GenericResult.Status.UNSPECIFIED) {
            result.set(message.getResult());
        }
    }

    /** Fails unless the build succeeded. The message includes the log, since Modal's own explanation is short. */
    private void requireSuccess(GenericResult result, Source.Image image, BuildLog log) {
        if (result.getStatus() == GenericResult.Status.SUCCESS) {
            return;
        }
        var kind = result.getStatus() == GenericResult.Status.FAILURE ? Kind.INVALID : Kind.TRANSIENT;
        var exception = client.errors().redactedLine(result.getException());
        var end = log.lastLines();
        var message = "the image " + image.reference() + " could not be built"
                + (kind == Kind.INVALID ? "" : " (" + result.getStatus() + ")")
                + (exception.isEmpty() ? "" : ": " + exception)
                + (end.isEmpty() ? "" : "; the log ends with: " + redactedLines(end));
        throw ExtensionException.notApplied(kind, message);
    }

    private String redactedLines(String text) {
        var clean = new StringBuilder();
        text.lines()
                .forEach(line -> clean.append(clean.isEmpty() ? "" : " | ")
                        .append(client.errors().redactedLine(line)));
        return clean.toString();
    }
}
