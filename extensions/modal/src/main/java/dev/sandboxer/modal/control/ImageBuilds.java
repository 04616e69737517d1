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

/** Makes Modal's images of those of a registry. An image that was built once is there at once. Thread-safe. */
public final class ImageBuilds {
    /** Before an image's id, in what stands for a template. */
    public static final String ID_PREFIX = "im-";

    private static final String DOING = "building an image";
    private static final Duration JOIN = Duration.ofSeconds(55);
    private static final Duration JOIN_LIMIT = Duration.ofSeconds(75);

    /** A registry's username and password, as secrets. */
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
     * The id of the image that a sandbox starts from.
     *
     * @throws ExtensionException {@code INVALID} when it can't be built, with the last lines of the log; never with an effect
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

    /** The image that was remembered may be gone. */
    void forget(CreateRequest request) {
        if (request.spec().source() instanceof Source.Image image) {
            state.forget(image.reference());
        }
    }

    private String build(CreateRequest request, Source.Image image) {
        try {
            return started(request, image);
        } catch (ExtensionException e) {
            throw new ExtensionException(
                    e.kind(), Effect.NOT_APPLIED, e.retryAfter(), String.valueOf(e.getMessage()), e.getCause());
        }
    }

    private String started(CreateRequest request, Source.Image image) {
        var definition = Image.newBuilder()
                .addDockerfileCommands("FROM " + image.reference())
                // Modal runs a sandbox's command through it, and the sandbox ends when it does
                .addDockerfileCommands("ENTRYPOINT []");
        if (image.credential() != null) {
            definition.setImageRegistryConfig(ImageRegistryConfig.newBuilder()
                    .setRegistryAuthType(STATIC_CREDENTIALS)
                    .setSecretId(secret(image.credential())));
        }
        var asked = ImageGetOrCreateRequest.newBuilder()
                .setImage(definition)
                .setAppId(apps.app(request.consumer()))
                .setBuilderVersion(apps.builderVersion())
                .build();
        var answer = client.change(ModalClientGrpc.getImageGetOrCreateMethod(), asked, DOING, null);
        if (!answer.getImageId().startsWith(ID_PREFIX)) {
            throw client.errors().malformed(DOING, "the answer has no id");
        }
        var log = new BuildLog(request);
        var result = answer.getResult();
        if (result.getStatus() == GenericResult.Status.UNSPECIFIED) {
            request.report(Stage.BUILDING, "building the image " + image.reference());
            result = join(answer.getImageId(), log);
        }
        require(result, image, log);
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

    /** Waits for the end of the build. A stream that ends before that is opened again where it was. */
    private GenericResult join(String image, BuildLog log) {
        var end = System.nanoTime() + client.timeouts().build().toNanos();
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
                                .setTimeout(JOIN.toSeconds())
                                .setLastEntryId(last.get())
                                .build(),
                        JOIN_LIMIT,
                        (ImageJoinStreamingResponse message) -> take(message, log, last, result));
                failures = 0;
            } catch (StatusRuntimeException e) {
                failures++;
                if (!mayResume(e, failures)) {
                    throw client.errors().failure(e, DOING, null);
                }
            }
            var told = result.get();
            if (told != null) {
                return told;
            }
            if (System.nanoTime() > end) {
                throw ExtensionException.notApplied(
                        Kind.TRANSIENT,
                        DOING + ": not done after " + client.timeouts().build());
            }
            if (System.nanoTime() - began < client.timeouts().poll().toNanos()) {
                Pauses.sleep(client.timeouts().poll()); // a server that holds no stream open is not asked all the time
            }
        }
    }

    private static boolean mayResume(StatusRuntimeException e, int failures) {
        var mostInARow = 10;
        return !Thread.currentThread().isInterrupted()
                && (e.getStatus().getCode() == Status.Code.DEADLINE_EXCEEDED
                        || StatusMapper.isTransient(e) && failures < mostInARow);
    }

    private static void take(
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

    /** Modal says little of why a build failed, its log more. */
    private void require(GenericResult result, Source.Image image, BuildLog log) {
        if (result.getStatus() == GenericResult.Status.SUCCESS) {
            return;
        }
        var kind = result.getStatus() == GenericResult.Status.FAILURE ? Kind.INVALID : Kind.TRANSIENT;
        var exception = client.errors().line(result.getException());
        var end = log.end();
        var message = "the image " + image.reference() + " could not be built"
                + (kind == Kind.INVALID ? "" : " (" + result.getStatus() + ")")
                + (exception.isEmpty() ? "" : ": " + exception)
                + (end.isEmpty() ? "" : "; the log ends with: " + lines(end));
        throw ExtensionException.notApplied(kind, message);
    }

    private String lines(String text) {
        var clean = new StringBuilder();
        text.lines()
                .forEach(line -> clean.append(clean.isEmpty() ? "" : " | ")
                        .append(client.errors().line(line)));
        return clean.toString();
    }
}
