package dev.sandboxer.http.modal.control;

import static dev.sandboxer.http.modal.edge.Answers.send;

import com.google.protobuf.Empty;
import dev.sandboxer.Sandboxer;
import dev.sandboxer.http.modal.app.Apps;
import dev.sandboxer.http.modal.app.Environments;
import dev.sandboxer.http.modal.edge.AuthTokens;
import dev.sandboxer.http.modal.edge.Generation;
import dev.sandboxer.http.modal.edge.InterruptibleCall;
import dev.sandboxer.http.modal.edge.RouterTokens;
import dev.sandboxer.http.modal.image.ImageSources;
import dev.sandboxer.http.modal.image.ImageTags;
import dev.sandboxer.http.modal.image.Images;
import dev.sandboxer.http.modal.router.CommandRouter;
import dev.sandboxer.http.modal.tunnel.Tunnels;
import dev.sandboxer.protocol.modal.ClientProto.AppGetOrCreateRequest;
import dev.sandboxer.protocol.modal.ClientProto.AppGetOrCreateResponse;
import dev.sandboxer.protocol.modal.ClientProto.AuthTokenGetRequest;
import dev.sandboxer.protocol.modal.ClientProto.AuthTokenGetResponse;
import dev.sandboxer.protocol.modal.ClientProto.ClientHelloResponse;
import dev.sandboxer.protocol.modal.ClientProto.ContainerFilesystemExecGetOutputRequest;
import dev.sandboxer.protocol.modal.ClientProto.ContainerFilesystemExecRequest;
import dev.sandboxer.protocol.modal.ClientProto.ContainerFilesystemExecResponse;
import dev.sandboxer.protocol.modal.ClientProto.EnvironmentGetOrCreateRequest;
import dev.sandboxer.protocol.modal.ClientProto.EnvironmentGetOrCreateResponse;
import dev.sandboxer.protocol.modal.ClientProto.FilesystemRuntimeOutputBatch;
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
import dev.sandboxer.protocol.modal.ClientProto.SandboxCreateConnectTokenRequest;
import dev.sandboxer.protocol.modal.ClientProto.SandboxCreateConnectTokenResponse;
import dev.sandboxer.protocol.modal.ClientProto.SandboxCreateRequest;
import dev.sandboxer.protocol.modal.ClientProto.SandboxCreateResponse;
import dev.sandboxer.protocol.modal.ClientProto.SandboxCreateV2Request;
import dev.sandboxer.protocol.modal.ClientProto.SandboxCreateV2Response;
import dev.sandboxer.protocol.modal.ClientProto.SandboxGetCommandRouterAccessRequest;
import dev.sandboxer.protocol.modal.ClientProto.SandboxGetCommandRouterAccessResponse;
import dev.sandboxer.protocol.modal.ClientProto.SandboxGetFromNameRequest;
import dev.sandboxer.protocol.modal.ClientProto.SandboxGetFromNameResponse;
import dev.sandboxer.protocol.modal.ClientProto.SandboxGetLogsRequest;
import dev.sandboxer.protocol.modal.ClientProto.SandboxGetResourceUsageRequest;
import dev.sandboxer.protocol.modal.ClientProto.SandboxGetResourceUsageResponse;
import dev.sandboxer.protocol.modal.ClientProto.SandboxGetTaskIdRequest;
import dev.sandboxer.protocol.modal.ClientProto.SandboxGetTaskIdResponse;
import dev.sandboxer.protocol.modal.ClientProto.SandboxGetTunnelsRequest;
import dev.sandboxer.protocol.modal.ClientProto.SandboxGetTunnelsResponse;
import dev.sandboxer.protocol.modal.ClientProto.SandboxListRequest;
import dev.sandboxer.protocol.modal.ClientProto.SandboxListResponse;
import dev.sandboxer.protocol.modal.ClientProto.SandboxRestoreRequest;
import dev.sandboxer.protocol.modal.ClientProto.SandboxRestoreResponse;
import dev.sandboxer.protocol.modal.ClientProto.SandboxSetNameRequest;
import dev.sandboxer.protocol.modal.ClientProto.SandboxSetNameResponse;
import dev.sandboxer.protocol.modal.ClientProto.SandboxSnapshotRequest;
import dev.sandboxer.protocol.modal.ClientProto.SandboxSnapshotResponse;
import dev.sandboxer.protocol.modal.ClientProto.SandboxSnapshotWaitRequest;
import dev.sandboxer.protocol.modal.ClientProto.SandboxSnapshotWaitResponse;
import dev.sandboxer.protocol.modal.ClientProto.SandboxStdinWriteRequest;
import dev.sandboxer.protocol.modal.ClientProto.SandboxStdinWriteResponse;
import dev.sandboxer.protocol.modal.ClientProto.SandboxTagsGetRequest;
import dev.sandboxer.protocol.modal.ClientProto.SandboxTagsGetResponse;
import dev.sandboxer.protocol.modal.ClientProto.SandboxTagsSetRequest;
import dev.sandboxer.protocol.modal.ClientProto.SandboxTerminateRequest;
import dev.sandboxer.protocol.modal.ClientProto.SandboxTerminateResponse;
import dev.sandboxer.protocol.modal.ClientProto.SandboxWaitRequest;
import dev.sandboxer.protocol.modal.ClientProto.SandboxWaitResponse;
import dev.sandboxer.protocol.modal.ClientProto.SandboxWaitUntilReadyRequest;
import dev.sandboxer.protocol.modal.ClientProto.SandboxWaitUntilReadyResponse;
import dev.sandboxer.protocol.modal.ClientProto.SecretDeleteRequest;
import dev.sandboxer.protocol.modal.ClientProto.SecretGetOrCreateRequest;
import dev.sandboxer.protocol.modal.ClientProto.SecretGetOrCreateResponse;
import dev.sandboxer.protocol.modal.ClientProto.TaskGetCommandRouterAccessRequest;
import dev.sandboxer.protocol.modal.ClientProto.TaskGetCommandRouterAccessResponse;
import dev.sandboxer.protocol.modal.ClientProto.TaskLogsBatch;
import dev.sandboxer.protocol.modal.ClientProto.TokenInfoGetRequest;
import dev.sandboxer.protocol.modal.ClientProto.TokenInfoGetResponse;
import dev.sandboxer.protocol.modal.ClientProto.VolumeGetOrCreateRequest;
import dev.sandboxer.protocol.modal.ClientProto.VolumeGetOrCreateResponse;
import dev.sandboxer.protocol.modal.ModalClientGrpc.ModalClientImplBase;
import io.grpc.stub.StreamObserver;

/** Modal's control-plane service. Passes each call to the class that answers it. */
public final class ControlService extends ModalClientImplBase implements AutoCloseable {
    private final WorkspaceCalls workspace;
    private final ImageCalls images;
    private final SandboxCalls sandboxes;
    private final TaskCalls tasks;

    /**
     * Creates the service.
     *
     * @param router runs commands
     * @param pretendGpus see {@code ModalOptions}
     */
    public static ControlService create(
            Sandboxer installation,
            Secrets secrets,
            CommandRouter router,
            AuthTokens authTokens,
            RouterTokens routerTokens,
            ServerAddress address,
            Tunnels tunnels,
            boolean pretendGpus) {
        var sandboxes = installation.sandboxes();
        var objects = installation.objects();
        var apps = new Apps(objects);
        var sources = new ImageSources(installation.consumerProfiles(), installation.extensions());
        var images = new Images(objects, sources, sandboxes.snapshots(), router.directoryImages(), apps);
        var calls = new SandboxCalls(
                sandboxes,
                new SandboxCreation(sandboxes, apps, images, secrets, router, pretendGpus),
                new SandboxList(sandboxes, apps),
                routerTokens,
                address,
                tunnels,
                installation.clock());
        return new ControlService(
                new WorkspaceCalls(authTokens, apps, secrets),
                new ImageCalls(images, new ImageTags(objects, images)),
                calls,
                new TaskCalls(sandboxes, router));
    }

    private ControlService(WorkspaceCalls workspace, ImageCalls images, SandboxCalls sandboxes, TaskCalls tasks) {
        this.workspace = workspace;
        this.images = images;
        this.sandboxes = sandboxes;
        this.tasks = tasks;
    }

    @Override
    public void authTokenGet(AuthTokenGetRequest request, StreamObserver<AuthTokenGetResponse> to) {
        send(to, workspace::authToken);
    }

    @Override
    public void clientHello(Empty request, StreamObserver<ClientHelloResponse> to) {
        send(to, workspace::hello);
    }

    @Override
    public void tokenInfoGet(TokenInfoGetRequest request, StreamObserver<TokenInfoGetResponse> to) {
        send(to, workspace::tokenInfo);
    }

    @Override
    public void environmentGetOrCreate(
            EnvironmentGetOrCreateRequest request, StreamObserver<EnvironmentGetOrCreateResponse> to) {
        send(to, () -> Environments.response(request.getDeploymentName()));
    }

    @Override
    public void appGetOrCreate(AppGetOrCreateRequest request, StreamObserver<AppGetOrCreateResponse> to) {
        send(to, () -> workspace.findOrCreateApp(request));
    }

    @Override
    public void imageGetOrCreate(ImageGetOrCreateRequest request, StreamObserver<ImageGetOrCreateResponse> to) {
        send(to, () -> images.findOrCreate(request));
    }

    @Override
    public void imageJoinStreaming(ImageJoinStreamingRequest request, StreamObserver<ImageJoinStreamingResponse> to) {
        InterruptibleCall.stream(to, () -> images.join(request, to));
    }

    @Override
    public void imageFromId(ImageFromIdRequest request, StreamObserver<ImageFromIdResponse> to) {
        send(to, () -> images.fromId(request));
    }

    @Override
    public void imageDelete(ImageDeleteRequest request, StreamObserver<Empty> to) {
        send(to, () -> images.delete(request));
    }

    @Override
    public void imageGetByTag(ImageGetByTagRequest request, StreamObserver<ImageGetByTagResponse> to) {
        send(to, () -> images.byTag(request));
    }

    @Override
    public void imageListTags(ImageListTagsRequest request, StreamObserver<ImageListTagsResponse> to) {
        send(to, () -> images.listTags(request));
    }

    @Override
    public void imageNameDelete(ImageNameDeleteRequest request, StreamObserver<Empty> to) {
        send(to, () -> images.deleteName(request));
    }

    @Override
    public void imagePublish(ImagePublishRequest request, StreamObserver<ImagePublishResponse> to) {
        send(to, () -> images.publish(request));
    }

    @Override
    public void secretGetOrCreate(SecretGetOrCreateRequest request, StreamObserver<SecretGetOrCreateResponse> to) {
        send(to, () -> workspace.findOrCreateSecret(request));
    }

    @Override
    public void secretDelete(SecretDeleteRequest request, StreamObserver<Empty> to) {
        send(to, () -> workspace.deleteSecret(request));
    }

    @Override
    public void volumeGetOrCreate(VolumeGetOrCreateRequest request, StreamObserver<VolumeGetOrCreateResponse> to) {
        to.onError(Unsupported.volumes());
    }

    @Override
    public void sandboxCreate(SandboxCreateRequest request, StreamObserver<SandboxCreateResponse> to) {
        send(to, () -> sandboxes.create(request));
    }

    @Override
    public void sandboxCreateV2(SandboxCreateV2Request request, StreamObserver<SandboxCreateV2Response> to) {
        send(to, () -> sandboxes.create(request));
    }

    @Override
    public void sandboxGetTaskId(SandboxGetTaskIdRequest request, StreamObserver<SandboxGetTaskIdResponse> to) {
        send(to, () -> sandboxes.taskId(request));
    }

    @Override
    public void sandboxGetTaskIdV2(SandboxGetTaskIdRequest request, StreamObserver<SandboxGetTaskIdResponse> to) {
        send(to, () -> sandboxes.taskId(request));
    }

    @Override
    public void sandboxWait(SandboxWaitRequest request, StreamObserver<SandboxWaitResponse> to) {
        send(to, () -> sandboxes.await(request));
    }

    @Override
    public void sandboxWaitV2(SandboxWaitRequest request, StreamObserver<SandboxWaitResponse> to) {
        send(to, () -> sandboxes.await(request));
    }

    @Override
    public void sandboxTerminate(SandboxTerminateRequest request, StreamObserver<SandboxTerminateResponse> to) {
        send(to, () -> sandboxes.terminate(request));
    }

    @Override
    public void sandboxTerminateV2(SandboxTerminateRequest request, StreamObserver<SandboxTerminateResponse> to) {
        send(to, () -> sandboxes.terminate(request));
    }

    @Override
    public void sandboxGetTunnels(SandboxGetTunnelsRequest request, StreamObserver<SandboxGetTunnelsResponse> to) {
        send(to, () -> sandboxes.tunnels(request));
    }

    @Override
    public void sandboxGetTunnelsV2(SandboxGetTunnelsRequest request, StreamObserver<SandboxGetTunnelsResponse> to) {
        send(to, () -> sandboxes.tunnels(request));
    }

    @Override
    public void sandboxGetFromName(SandboxGetFromNameRequest request, StreamObserver<SandboxGetFromNameResponse> to) {
        send(to, () -> sandboxes.fromName(request, Generation.V1));
    }

    @Override
    public void sandboxGetFromNameV2(SandboxGetFromNameRequest request, StreamObserver<SandboxGetFromNameResponse> to) {
        send(to, () -> sandboxes.fromName(request, Generation.V2));
    }

    @Override
    public void sandboxList(SandboxListRequest request, StreamObserver<SandboxListResponse> to) {
        send(to, () -> sandboxes.list(request, Generation.V1));
    }

    @Override
    public void sandboxListV2(SandboxListRequest request, StreamObserver<SandboxListResponse> to) {
        send(to, () -> sandboxes.list(request, null));
    }

    @Override
    public void sandboxTagsSet(SandboxTagsSetRequest request, StreamObserver<Empty> to) {
        send(to, () -> sandboxes.setTags(request));
    }

    @Override
    public void sandboxTagsSetV2(SandboxTagsSetRequest request, StreamObserver<Empty> to) {
        send(to, () -> sandboxes.setTags(request));
    }

    @Override
    public void sandboxTagsGet(SandboxTagsGetRequest request, StreamObserver<SandboxTagsGetResponse> to) {
        send(to, () -> sandboxes.tags(request));
    }

    @Override
    public void sandboxTagsGetV2(SandboxTagsGetRequest request, StreamObserver<SandboxTagsGetResponse> to) {
        send(to, () -> sandboxes.tags(request));
    }

    @Override
    public void sandboxSetName(SandboxSetNameRequest request, StreamObserver<SandboxSetNameResponse> to) {
        send(to, () -> sandboxes.setName(request));
    }

    @Override
    public void sandboxGetResourceUsage(
            SandboxGetResourceUsageRequest request, StreamObserver<SandboxGetResourceUsageResponse> to) {
        send(to, () -> sandboxes.usage(request));
    }

    @Override
    public void taskGetCommandRouterAccess(
            TaskGetCommandRouterAccessRequest request, StreamObserver<TaskGetCommandRouterAccessResponse> to) {
        send(to, () -> sandboxes.routerAccess(request));
    }

    @Override
    public void sandboxGetCommandRouterAccess(
            SandboxGetCommandRouterAccessRequest request, StreamObserver<SandboxGetCommandRouterAccessResponse> to) {
        send(to, () -> sandboxes.routerAccess(request));
    }

    @Override
    public void sandboxWaitUntilReady(
            SandboxWaitUntilReadyRequest request, StreamObserver<SandboxWaitUntilReadyResponse> to) {
        InterruptibleCall.answer(to, () -> tasks.awaitReady(request));
    }

    @Override
    public void containerFilesystemExec(
            ContainerFilesystemExecRequest request, StreamObserver<ContainerFilesystemExecResponse> to) {
        send(to, () -> tasks.files(request));
    }

    @Override
    public void containerFilesystemExecGetOutput(
            ContainerFilesystemExecGetOutputRequest request, StreamObserver<FilesystemRuntimeOutputBatch> to) {
        InterruptibleCall.stream(to, () -> tasks.filesOutput(request, to));
    }

    @Override
    public void sandboxGetLogs(SandboxGetLogsRequest request, StreamObserver<TaskLogsBatch> to) {
        InterruptibleCall.stream(to, () -> tasks.logs(request, to));
    }

    @Override
    public void sandboxStdinWrite(SandboxStdinWriteRequest request, StreamObserver<SandboxStdinWriteResponse> to) {
        InterruptibleCall.answer(to, () -> tasks.write(request));
    }

    @Override
    public void sandboxCreateConnectToken(
            SandboxCreateConnectTokenRequest request, StreamObserver<SandboxCreateConnectTokenResponse> to) {
        to.onError(Unsupported.connectTokens());
    }

    @Override
    public void sandboxCreateConnectTokenV2(
            SandboxCreateConnectTokenRequest request, StreamObserver<SandboxCreateConnectTokenResponse> to) {
        to.onError(Unsupported.connectTokens());
    }

    @Override
    public void sandboxSnapshot(SandboxSnapshotRequest request, StreamObserver<SandboxSnapshotResponse> to) {
        to.onError(Unsupported.memorySnapshots());
    }

    @Override
    public void sandboxSnapshotWait(
            SandboxSnapshotWaitRequest request, StreamObserver<SandboxSnapshotWaitResponse> to) {
        to.onError(Unsupported.memorySnapshots());
    }

    @Override
    public void sandboxRestore(SandboxRestoreRequest request, StreamObserver<SandboxRestoreResponse> to) {
        to.onError(Unsupported.memorySnapshots());
    }

    @Override
    public void close() {
        sandboxes.close();
    }
}
