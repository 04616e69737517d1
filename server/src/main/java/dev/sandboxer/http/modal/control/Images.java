package dev.sandboxer.http.modal.control;

import dev.sandboxer.http.modal.control.ImageSources.Source;
import dev.sandboxer.http.modal.edge.ModalErrors;
import dev.sandboxer.http.modal.edge.ModalIds;
import dev.sandboxer.http.modal.router.snapshot.DirectoryImages;
import dev.sandboxer.lifecycle.Snapshot;
import dev.sandboxer.lifecycle.Snapshots;
import dev.sandboxer.objects.StoredObject;
import dev.sandboxer.objects.StoredObjects;
import dev.sandboxer.profiles.Profile;
import dev.sandboxer.protocol.modal.ClientProto.GenericResult;
import dev.sandboxer.protocol.modal.ClientProto.Image;
import dev.sandboxer.protocol.modal.ClientProto.ImageFromIdResponse;
import dev.sandboxer.protocol.modal.ClientProto.ImageGetOrCreateRequest;
import dev.sandboxer.protocol.modal.ClientProto.ImageGetOrCreateResponse;
import dev.sandboxer.protocol.modal.ClientProto.ImageJoinStreamingResponse;
import dev.sandboxer.protocol.modal.ClientProto.ImageListTagsItem;
import dev.sandboxer.protocol.modal.ClientProto.ImageListTagsRequest;
import dev.sandboxer.protocol.modal.ClientProto.ImageListTagsResponse;
import dev.sandboxer.protocol.modal.ClientProto.ImageMetadata;
import dev.sandboxer.protocol.modal.ClientProto.TaskLogs;
import io.grpc.Status;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Modal's images. None is built here: an image is the name of a container image, which a profile stands for or a backend starts
 * from, with variables and a directory on top; or the snapshot of a sandbox. What would need a build is a build that fails.
 */
public final class Images {
    private static final String KIND = "image";
    private static final String TAG_KIND = "image-tag";
    private static final int MOST_TAGS = 100;
    private static final JsonMapper JSON = new JsonMapper();

    /** Registries that need no credential. */
    private static final int PUBLIC = 3;

    private final StoredObjects objects;
    private final ImageSources sources;
    private final Snapshots snapshots;
    private final DirectoryImages directories;
    private final Apps apps;

    Images(StoredObjects objects, ImageSources sources, Snapshots snapshots, DirectoryImages directories, Apps apps) {
        this.objects = objects;
        this.sources = sources;
        this.snapshots = snapshots;
        this.directories = directories;
        this.apps = apps;
    }

    /**
     * An image as it is kept.
     *
     * @param from the container image; null = none, it is made from a snapshot
     * @param snapshot the id of the snapshot; null = none
     * @param workdir null = none of its own
     * @param problem why its build failed; null = it didn't
     */
    record Recipe(
            @Nullable String from,
            @Nullable String snapshot,
            Map<String, String> env,
            @Nullable String workdir,
            @Nullable String problem) {
        static Recipe failed(String problem) {
            return new Recipe(null, null, Map.of(), null, problem);
        }
    }

    /**
     * What a sandbox of an image is made from.
     *
     * @param image a container image that the backend starts from; null = none
     * @param python whether the image promises a program {@code python}
     */
    record Start(
            Profile profile,
            @Nullable Snapshot snapshot,
            @Nullable String image,
            Map<String, String> env,
            @Nullable String workdir,
            boolean python) {}

    /** Finds or "builds" an image. Only what is known to be good is answered with its result at once. */
    ImageGetOrCreateResponse findOrCreate(String consumer, ImageGetOrCreateRequest request) {
        var name = hash(request.getAppId(), request.getImage());
        var recipe = recipe(consumer, request);
        var content = JSON.writeValueAsString(recipe);
        var fresh = ModalIds.random("im");
        var image = objects.findOrAdd(consumer, KIND, name, fresh, content);
        var isKnown = image.content().equals(content) && !image.id().equals(fresh);
        if (!image.content().equals(content)) {
            objects.replace(consumer, KIND, name, image.id(), content); // the profiles have changed
        }
        var answer =
                ImageGetOrCreateResponse.newBuilder().setImageId(image.id()).setMetadata(metadata(recipe));
        if (isKnown && recipe.problem() == null && !request.getForceBuild()) {
            answer.setResult(result(recipe));
        }
        return answer.build();
    }

    private static String hash(String app, Image image) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            digest.update((app + "\n").getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest.digest(image.toByteArray()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private Recipe recipe(String consumer, ImageGetOrCreateRequest request) {
        var app = apps.get(consumer, request.getAppId());
        var image = request.getImage();
        var registry = image.getImageRegistryConfig();
        if (!registry.getSecretId().isEmpty()
                || registry.getRegistryAuthType() != 0 && registry.getRegistryAuthType() != PUBLIC) {
            return Recipe.failed("credentials for container registries are not supported by this server");
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
                return Recipe.failed(sources.refusal(consumer, from));
            }
            return new Recipe(from, isBase ? base.snapshot() : null, content.env(), content.workdir(), null);
        } catch (Dockerfile.Refused e) {
            return Recipe.failed(String.valueOf(e.getMessage()));
        }
    }

    private Recipe base(String consumer, Image image) {
        return image.getBaseImagesCount() == 0
                ? new Recipe(null, null, Map.of(), null, null)
                : get(consumer, image.getBaseImages(0).getImageId());
    }

    private static boolean isBase(Image image, String from) {
        return image.getBaseImagesCount() > 0
                && image.getBaseImages(0).getDockerTag().equals(from);
    }

    /** The image with that id, be it a snapshot. */
    private Recipe get(String consumer, String id) {
        var snapshot = ModalIds.parseSnapshotImage(id);
        if (snapshot.isPresent()) {
            return snapshots
                    .find(consumer, snapshot.get())
                    .map(found -> new Recipe(null, found.id(), Map.of(), null, null))
                    .orElseThrow(() -> notFound(id));
        }
        return objects.find(consumer, KIND, id)
                .map(image -> JSON.readValue(image.content(), Recipe.class))
                .orElseThrow(() -> notFound(id));
    }

    private static RuntimeException notFound(String id) {
        return ModalErrors.notFound("Could not find image with ID " + ModalErrors.shown(id));
    }

    /** What a sandbox in that app starts from. */
    Start start(String consumer, Apps.App app, String id) {
        var recipe = get(consumer, id);
        if (recipe.problem() != null) {
            throw Status.FAILED_PRECONDITION
                    .withDescription("the build of image " + id + " failed: " + recipe.problem())
                    .asRuntimeException();
        }
        if (recipe.snapshot() != null) {
            var snapshot = snapshots.find(consumer, recipe.snapshot()).orElseThrow(() -> notFound(id));
            var profile = sources.of(consumer, snapshot.profile());
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

    /** The log of a build and its result, as the messages of one stream. */
    List<ImageJoinStreamingResponse> build(String consumer, String id) {
        var recipe = get(consumer, id);
        var messages = new ArrayList<ImageJoinStreamingResponse>();
        var log = log(recipe);
        for (int i = 0; i < log.size(); i++) {
            messages.add(ImageJoinStreamingResponse.newBuilder()
                    .addTaskLogs(TaskLogs.newBuilder().setData(log.get(i) + "\n"))
                    .setEntryId(i + 1 + "-0")
                    .build());
        }
        messages.add(ImageJoinStreamingResponse.newBuilder()
                .setResult(result(recipe))
                .setMetadata(metadata(recipe))
                .setEntryId(log.size() + 1 + "-0")
                .setEof(true)
                .build());
        return messages;
    }

    private static List<String> log(Recipe recipe) {
        if (recipe.problem() != null) {
            return List.of("=> " + recipe.problem());
        }
        return List.of(
                recipe.snapshot() == null ? "=> FROM " + recipe.from() : "=> FROM snapshot " + recipe.snapshot());
    }

    private static GenericResult result(Recipe recipe) {
        var problem = recipe.problem();
        return problem == null
                ? GenericResult.newBuilder()
                        .setStatus(GenericResult.Status.SUCCESS)
                        .build()
                : GenericResult.newBuilder()
                        .setStatus(GenericResult.Status.FAILURE)
                        .setException(problem)
                        .build();
    }

    private static ImageMetadata metadata(Recipe recipe) {
        var metadata = ImageMetadata.newBuilder().setImageBuilderVersion(Environments.BUILDER);
        if (recipe.workdir() != null) {
            metadata.setWorkdir(recipe.workdir());
        }
        return metadata.build();
    }

    ImageFromIdResponse fromId(String consumer, String id) {
        var answer = ImageFromIdResponse.newBuilder().setImageId(id);
        if (!directories.exists(consumer, id)) {
            answer.setMetadata(metadata(get(consumer, id)));
        }
        return answer.build();
    }

    void delete(String consumer, String id) {
        var snapshot = ModalIds.parseSnapshotImage(id);
        if (snapshot.isPresent()) {
            snapshots.delete(snapshots.find(consumer, snapshot.get()).orElseThrow(() -> notFound(id)));
        } else if (!directories.delete(consumer, id) && !objects.delete(consumer, KIND, id)) {
            throw notFound(id);
        }
    }

    /** Gives an image a name, which it takes from the one that had it. */
    void publish(String consumer, String id, String tag, String environment) {
        var recipe = get(consumer, id);
        if (recipe.problem() != null) {
            throw ModalErrors.invalid("image " + id + " was not built, and can't be published");
        }
        objects.replace(consumer, TAG_KIND, tagName(tag, environment), ModalIds.random("it"), id);
    }

    String byTag(String consumer, String tag, String environment) {
        Optional<String> id =
                objects.named(consumer, TAG_KIND, tagName(tag, environment)).map(StoredObject::content);
        return id.orElseThrow(() -> ModalErrors.notFound("Image " + ModalErrors.shown(tag)
                + " not found in environment '" + Environments.name(environment) + "'"));
    }

    /** One page of names that begin like that. */
    ImageListTagsResponse tags(String consumer, ImageListTagsRequest request) {
        var environment = Environments.within(request.getEnvironmentName(), "");
        var asked = request.getMaxObjects();
        var limit = asked < 1 || asked > MOST_TAGS ? MOST_TAGS : asked;
        var found =
                objects.list(consumer, TAG_KIND, environment + request.getTagPrefix(), request.getPageToken(), limit);
        var answer = ImageListTagsResponse.newBuilder();
        for (StoredObject tag : found) {
            var made = tag.createdAt().toEpochMilli() / 1000.0;
            answer.addItems(ImageListTagsItem.newBuilder()
                    .setTag(String.valueOf(tag.name()).substring(environment.length()))
                    .setImageId(tag.content())
                    .setRevisionId(tag.id())
                    .setCreatedAt(made)
                    .setUpdatedAt(made));
        }
        if (found.size() == limit) {
            answer.setNextPageToken(String.valueOf(found.getLast().name()));
        }
        return answer.build();
    }

    /** Takes a name from its image, which stays. */
    void deleteTag(String consumer, String tag) {
        var named = objects.named(consumer, TAG_KIND, tagName(tag, ""))
                .orElseThrow(() -> ModalErrors.notFound("Image " + ModalErrors.shown(tag) + " not found"));
        objects.delete(consumer, TAG_KIND, named.id());
    }

    private static String tagName(String tag, String environment) {
        if (!tag.matches("[A-Za-z0-9][A-Za-z0-9._/:-]{0,254}")) {
            throw ModalErrors.invalid("not the name of an image: " + ModalErrors.shown(tag));
        }
        var name = tag.lastIndexOf(':') > tag.lastIndexOf('/') ? tag : tag + ":latest";
        return Environments.within(environment, name);
    }
}
