package dev.sandboxer.http.modal.image;

import dev.sandboxer.http.modal.app.Environments;
import dev.sandboxer.protocol.modal.ClientProto.GenericResult;
import dev.sandboxer.protocol.modal.ClientProto.ImageMetadata;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The stored definition of an image, which says what its sandboxes start from.
 *
 * @param from the container image; null = the image is a snapshot, or its build failed
 * @param snapshot the id of the snapshot; null = none
 * @param workdir the working directory; null = none
 * @param problem why the image's build failed; null = it succeeded
 */
record ImageRecipe(
        @Nullable String from,
        @Nullable String snapshot,
        Map<String, String> env,
        @Nullable String workdir,
        @Nullable String problem) {
    /** The base of an image that names no base image. */
    static final ImageRecipe SCRATCH = new ImageRecipe(null, null, Map.of(), null, null);

    static ImageRecipe failed(String problem) {
        return new ImageRecipe(null, null, Map.of(), null, problem);
    }

    static ImageRecipe ofSnapshot(String snapshot) {
        return new ImageRecipe(null, snapshot, Map.of(), null, null);
    }

    /** The only line of the build's log. */
    String log() {
        if (problem != null) {
            return "=> " + problem;
        }
        return snapshot == null ? "=> FROM " + from : "=> FROM snapshot " + snapshot;
    }

    /** The result of the build. */
    GenericResult result() {
        return problem == null
                ? GenericResult.newBuilder()
                        .setStatus(GenericResult.Status.SUCCESS)
                        .build()
                : GenericResult.newBuilder()
                        .setStatus(GenericResult.Status.FAILURE)
                        .setException(problem)
                        .build();
    }

    /** The metadata for clients. */
    ImageMetadata metadata() {
        var metadata = ImageMetadata.newBuilder().setImageBuilderVersion(Environments.BUILDER_VERSION);
        if (workdir != null) {
            metadata.setWorkdir(workdir);
        }
        return metadata.build();
    }
}
