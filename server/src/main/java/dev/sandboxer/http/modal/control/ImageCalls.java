package dev.sandboxer.http.modal.control;

import com.google.protobuf.Empty;
import dev.sandboxer.http.modal.edge.Caller;
import dev.sandboxer.http.modal.edge.ModalErrors;
import dev.sandboxer.http.modal.image.ImageTags;
import dev.sandboxer.http.modal.image.Images;
import dev.sandboxer.protocol.modal.ClientProto.ImageDeleteRequest;
import dev.sandboxer.protocol.modal.ClientProto.ImageFromIdRequest;
import dev.sandboxer.protocol.modal.ClientProto.ImageFromIdResponse;
import dev.sandboxer.protocol.modal.ClientProto.ImageGetByTagRequest;
import dev.sandboxer.protocol.modal.ClientProto.ImageGetByTagResponse;
import dev.sandboxer.protocol.modal.ClientProto.ImageGetOrCreateRequest;
import dev.sandboxer.protocol.modal.ClientProto.ImageGetOrCreateResponse;
import dev.sandboxer.protocol.modal.ClientProto.ImageJoinStreamingRequest;
import dev.sandboxer.protocol.modal.ClientProto.ImageJoinStreamingResponse;
import dev.sandboxer.protocol.modal.ClientProto.ImageListTagsRequest;
import dev.sandboxer.protocol.modal.ClientProto.ImageListTagsResponse;
import dev.sandboxer.protocol.modal.ClientProto.ImageNameDeleteRequest;
import dev.sandboxer.protocol.modal.ClientProto.ImagePublishRequest;
import dev.sandboxer.protocol.modal.ClientProto.ImagePublishResponse;
import io.grpc.stub.StreamObserver;

/** The control-plane calls about images and the names under which they are published. */
final class ImageCalls {
    private final Images images;
    private final ImageTags tags;

    ImageCalls(Images images, ImageTags tags) {
        this.images = images;
        this.tags = tags;
    }

    private static String consumer() {
        return Caller.current().consumer();
    }

    ImageGetOrCreateResponse findOrCreate(ImageGetOrCreateRequest request) {
        return images.findOrCreate(consumer(), request);
    }

    void join(ImageJoinStreamingRequest request, StreamObserver<ImageJoinStreamingResponse> to) {
        images.buildOutput(consumer(), request.getImageId()).forEach(to::onNext);
        to.onCompleted();
    }

    ImageFromIdResponse fromId(ImageFromIdRequest request) {
        return images.fromId(consumer(), request.getImageId());
    }

    Empty delete(ImageDeleteRequest request) {
        images.delete(consumer(), request.getImageId());
        return Empty.getDefaultInstance();
    }

    ImageGetByTagResponse byTag(ImageGetByTagRequest request) {
        return ImageGetByTagResponse.newBuilder()
                .setImageId(tags.imageId(consumer(), request.getTag(), request.getEnvironmentName()))
                .build();
    }

    ImageListTagsResponse listTags(ImageListTagsRequest request) {
        return tags.list(consumer(), request);
    }

    Empty deleteName(ImageNameDeleteRequest request) {
        tags.delete(consumer(), request.getTag());
        return Empty.getDefaultInstance();
    }

    ImagePublishResponse publish(ImagePublishRequest request) {
        if (request.getAllowPublic()) {
            throw ModalErrors.unimplemented("public images are not supported by this server");
        }
        tags.publish(consumer(), request.getImageId(), request.getTag(), request.getEnvironmentName());
        return ImagePublishResponse.newBuilder()
                .setImageId(request.getImageId())
                .build();
    }
}
