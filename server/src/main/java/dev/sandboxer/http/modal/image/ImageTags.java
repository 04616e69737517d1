package dev.sandboxer.http.modal.image;

import dev.sandboxer.http.modal.app.Environments;
import dev.sandboxer.http.modal.edge.ModalErrors;
import dev.sandboxer.http.modal.edge.ModalIds;
import dev.sandboxer.objects.StoredObject;
import dev.sandboxer.objects.StoredObjects;
import dev.sandboxer.protocol.modal.ClientProto.ImageListTagsItem;
import dev.sandboxer.protocol.modal.ClientProto.ImageListTagsRequest;
import dev.sandboxer.protocol.modal.ClientProto.ImageListTagsResponse;
import java.util.Optional;

/** The names under which a consumer has published images. Only the consumer's own clients see them. */
public final class ImageTags {
    private static final String KIND = "image-tag";
    private static final int MAX_TAGS = 100;

    private final StoredObjects objects;
    private final Images images;

    public ImageTags(StoredObjects objects, Images images) {
        this.objects = objects;
        this.images = images;
    }

    /** Publishes an image under a name, which then no longer refers to an earlier image. */
    public void publish(String consumer, String id, String tag, String environment) {
        images.requireBuilt(consumer, id);
        objects.replace(consumer, KIND, tagName(tag, environment), ModalIds.random("it"), id);
    }

    /** Returns the id of the image that is published under a name. */
    public String imageId(String consumer, String tag, String environment) {
        Optional<String> id =
                objects.named(consumer, KIND, tagName(tag, environment)).map(StoredObject::content);
        return id.orElseThrow(() -> ModalErrors.notFound("Image " + ModalErrors.shown(tag)
                + " not found in environment '" + Environments.name(environment) + "'"));
    }

    /** Returns one page of the names that begin with the requested prefix. */
    public ImageListTagsResponse list(String consumer, ImageListTagsRequest request) {
        var environment = Environments.qualified(request.getEnvironmentName(), "");
        var asked = request.getMaxObjects();
        var limit = asked < 1 || asked > MAX_TAGS ? MAX_TAGS : asked;
        var found = objects.list(consumer, KIND, environment + request.getTagPrefix(), request.getPageToken(), limit);
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

    /** Deletes a name and keeps its image. */
    public void delete(String consumer, String tag) {
        var named = objects.named(consumer, KIND, tagName(tag, ""))
                .orElseThrow(() -> ModalErrors.notFound("Image " + ModalErrors.shown(tag) + " not found"));
        objects.delete(consumer, KIND, named.id());
    }

    private static String tagName(String tag, String environment) {
        if (!tag.matches("[A-Za-z0-9][A-Za-z0-9._/:-]{0,254}")) {
            throw ModalErrors.invalid("invalid image name " + ModalErrors.shown(tag));
        }
        var name = tag.lastIndexOf(':') > tag.lastIndexOf('/') ? tag : tag + ":latest";
        return Environments.qualified(environment, name);
    }
}
