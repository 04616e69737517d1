package dev.sandboxer.http.modal.image;

import dev.sandboxer.http.modal.app.Environments;
import dev.sandboxer.protocol.modal.ClientProto.GenericResult;
import dev.sandboxer.protocol.modal.ClientProto.ImageMetadata;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An image as it is kept.
 *
 * @param from the container image; null = none, it is made from a snapshot
 * @param snapshot the id of the snapshot; null = none
 * @param workdir null = none of its own
 * @param problem why its build failed; null = it didn't
 */
record ImageRecipe(
        @Nullable String from,
        @Nullable String snapshot,
        Map<String, String> env,
        @Nullable String workdir,
        @Nullable String problem) {
    /** What an image without one below it begins with. */
    static final ImageRecipe SCRATCH = new ImageRecipe(null, null, Map.of(), null, null);

    static ImageRecipe failed(String problem) {
        return new ImageRecipe(null, null, Map.of(), null, problem);
    }

    static ImageRecipe ofSnapshot(String snapshot) {
        return new ImageRecipe(null, snapshot, Map.of(), null, null);
    }

    /** The one line that its build says. */
    String log() {
        if (problem != null) {
            return "=> " + problem;
        }
        return snapshot == null ? "=> FROM " + from : "=> FROM snapshot " + snapshot;
    }

    /** How its build ended. */
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

    /** What clients are told of it. */
    ImageMetadata metadata() {
        var metadata = ImageMetadata.newBuilder().setImageBuilderVersion(Environments.BUILDER);
        if (workdir != null) {
            metadata.setWorkdir(workdir);
        }
        return metadata.build();
    }
}
