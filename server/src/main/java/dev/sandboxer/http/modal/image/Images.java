package dev.sandboxer.http.modal.image;

import dev.sandboxer.http.modal.app.Apps;
import dev.sandboxer.http.modal.edge.ModalErrors;
import dev.sandboxer.http.modal.edge.ModalIds;
import dev.sandboxer.http.modal.edge.Sha256;
import dev.sandboxer.http.modal.image.ImageSources.Source;
import dev.sandboxer.http.modal.router.snapshot.DirectoryImages;
import dev.sandboxer.lifecycle.snapshots.Snapshot;
import dev.sandboxer.lifecycle.snapshots.Snapshots;
import dev.sandboxer.objects.StoredObjects;
import dev.sandboxer.profiles.Profile;
import dev.sandboxer.protocol.modal.ClientProto.Image;
import dev.sandboxer.protocol.modal.ClientProto.ImageFromIdResponse;
import dev.sandboxer.protocol.modal.ClientProto.ImageGetOrCreateRequest;
import dev.sandboxer.protocol.modal.ClientProto.ImageGetOrCreateResponse;
import dev.sandboxer.protocol.modal.ClientProto.ImageJoinStreamingResponse;
import dev.sandboxer.protocol.modal.ClientProto.TaskLogs;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Modal's images. This server builds none. An image is either a container image that a profile or a backend provides, with added variables
 * and a working directory, or the snapshot of a sandbox. An image that would need a build is recorded as a failed build.
 */
public final class Images {
    private static final String KIND = "image";
    private static final JsonMapper JSON = new JsonMapper();

    /** Modal's number for registries that need no credential. */
    private static final int PUBLIC_REGISTRY = 3;

    private final StoredObjects objects;
    private final ImageSources sources;
    private final Snapshots snapshots;
    private final DirectoryImages directories;
    private final Apps apps;

    public Images(
            StoredObjects objects, ImageSources sources, Snapshots snapshots, DirectoryImages directories, Apps apps) {
        this.objects = objects;
        this.sources = sources;
        this.snapshots = snapshots;
        this.directories = directories;
        this.apps = apps;
    }

    /**
     * What a sandbox starts from.
     *
     * @param image a container image that the backend starts from; null = none
     * @param python true if the image promises a program {@code python}
     */
    public record Start(
            Profile profile,
            @Nullable Snapshot snapshot,
            @Nullable String image,
            Map<String, String> env,
            @Nullable String workdir,
            boolean python) {}

    /**
     * Finds an image or records a new one. The answer includes the result only of a known, successful image; for others, clients wait for
     * the build.
     */
    public ImageGetOrCreateResponse findOrCreate(String consumer, ImageGetOrCreateRequest request) {
        var name = hash(request.getAppId(), request.getImage());
        var recipe = recipe(consumer, request);
        var content = JSON.writeValueAsString(recipe);
        var fresh = ModalIds.random("im");
        var image = objects.findOrAdd(consumer, KIND, name, fresh, content);
        var isKnown = image.content().equals(content) && !image.id().equals(fresh);
        if (!image.content().equals(content)) {
            objects.replace(consumer, KIND, name, image.id(), content); // the profiles have changed since
        }
        var answer =
                ImageGetOrCreateResponse.newBuilder().setImageId(image.id()).setMetadata(recipe.metadata());
        if (isKnown && recipe.problem() == null && !request.getForceBuild()) {
            answer.setResult(recipe.result());
        }
        return answer.build();
    }

    private static String hash(String app, Image image) {
        var digest = Sha256.digest();
        digest.update((app + "\n").getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(digest.digest(image.toByteArray()));
    }

    private ImageRecipe recipe(String consumer, ImageGetOrCreateRequest request) {
        var app = apps.get(consumer, request.getAppId());
        var image = request.getImage();
        var registry = image.getImageRegistryConfig();
        if (!registry.getSecretId().isEmpty()
                || registry.getRegistryAuthType() != 0 && registry.getRegistryAuthType() != PUBLIC_REGISTRY) {
            return ImageRecipe.failed("credentials for container registries are not supported by this server");
        }
        var base = base(consumer, image);
        if (base.problem() != null) {
            return base;
        }
        try {
            var content = Dockerfile.read(image.getDockerfileCommandsList(), base.env(), base.workdir());
            var isBase = isBase(image, content.from());
            var from = isBase ? base.from() : content.from();
            if (from != null && sources.find(consumer, app.name(), from).isEmpty()) {
                return ImageRecipe.failed(sources.refusal(consumer, from));
            }
            return new ImageRecipe(from, isBase ? base.snapshot() : null, content.env(), content.workdir(), null);
        } catch (Dockerfile.Refused e) {
            return ImageRecipe.failed(String.valueOf(e.getMessage()));
        }
    }

    private ImageRecipe base(String consumer, Image image) {
        return image.getBaseImagesCount() == 0
                ? ImageRecipe.SCRATCH
                : get(consumer, image.getBaseImages(0).getImageId());
    }

    private static boolean isBase(Image image, String from) {
        return image.getBaseImagesCount() > 0
                && image.getBaseImages(0).getDockerTag().equals(from);
    }

    /** Returns the image with this id, which may be a snapshot. */
    private ImageRecipe get(String consumer, String id) {
        var snapshot = ModalIds.parseSnapshotImage(id);
        if (snapshot.isPresent()) {
            return snapshots
                    .find(consumer, snapshot.get())
                    .map(found -> ImageRecipe.ofSnapshot(found.id()))
                    .orElseThrow(() -> notFound(id));
        }
        return objects.find(consumer, KIND, id)
                .map(image -> JSON.readValue(image.content(), ImageRecipe.class))
                .orElseThrow(() -> notFound(id));
    }

    private static RuntimeException notFound(String id) {
        return ModalErrors.notFound("Could not find image with ID " + ModalErrors.shown(id));
    }

    /** Returns what a sandbox starts from: a snapshot, an image, or the profile's template. The app may select the profile. */
    public Start start(String consumer, Apps.App app, String id) {
        var recipe = get(consumer, id);
        requireBuilt(id, recipe);
        if (recipe.snapshot() != null) {
            var snapshot = snapshots.find(consumer, recipe.snapshot()).orElseThrow(() -> notFound(id));
            var profile = sources.profile(consumer, snapshot.profile());
            return new Start(profile, snapshot, null, recipe.env(), recipe.workdir(), false);
        }
        var from = String.valueOf(recipe.from());
        Source source = sources.find(consumer, app.name(), from)
                .orElseThrow(() -> Status.FAILED_PRECONDITION
                        .withDescription(sources.refusal(consumer, from))
                        .asRuntimeException());
        var python = source.image() == null && ImageSources.normalised(from).startsWith("python:");
        return new Start(source.profile(), null, source.image(), recipe.env(), recipe.workdir(), python);
    }

    /** Returns the log and the result of a build, as the messages of one stream. */
    public List<ImageJoinStreamingResponse> buildOutput(String consumer, String id) {
        var recipe = get(consumer, id);
        return List.of(
                ImageJoinStreamingResponse.newBuilder()
                        .addTaskLogs(TaskLogs.newBuilder().setData(recipe.log() + "\n"))
                        .setEntryId("1-0")
                        .build(),
                ImageJoinStreamingResponse.newBuilder()
                        .setResult(recipe.result())
                        .setMetadata(recipe.metadata())
                        .setEntryId("2-0")
                        .setEof(true)
                        .build());
    }

    /** Describes the image with this id. */
    public ImageFromIdResponse fromId(String consumer, String id) {
        var answer = ImageFromIdResponse.newBuilder().setImageId(id);
        if (!directories.exists(consumer, id)) {
            answer.setMetadata(get(consumer, id).metadata());
        }
        return answer.build();
    }

    /**
     * Fails unless the image exists and its build succeeded.
     *
     * @throws StatusRuntimeException {@code NOT_FOUND}; {@code FAILED_PRECONDITION} with the build's problem
     */
    public void requireBuilt(String consumer, String id) {
        requireBuilt(id, get(consumer, id));
    }

    private static void requireBuilt(String id, ImageRecipe recipe) {
        if (recipe.problem() != null) {
            throw Status.FAILED_PRECONDITION
                    .withDescription("the build of image " + id + " failed: " + recipe.problem())
                    .asRuntimeException();
        }
    }

    /**
     * Deletes an image.
     *
     * @throws StatusRuntimeException {@code NOT_FOUND}
     */
    public void delete(String consumer, String id) {
        var snapshot = ModalIds.parseSnapshotImage(id);
        if (snapshot.isPresent()) {
            snapshots.delete(snapshots.find(consumer, snapshot.get()).orElseThrow(() -> notFound(id)));
        } else if (!directories.delete(consumer, id) && !objects.delete(consumer, KIND, id)) {
            throw notFound(id);
        }
    }
}
