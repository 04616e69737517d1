package dev.sandboxer.stub;

import dev.sandboxer.extension.Backend;
import dev.sandboxer.extension.BackendSandbox;
import dev.sandboxer.extension.CreateRequest;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Effect;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.stub.Notes.Note;
import dev.sandboxer.stub.plan.DirectoryLock;
import dev.sandboxer.stub.plan.Fault;
import dev.sandboxer.stub.plan.Operation;
import java.time.Instant;
import java.time.InstantSource;

/**
 * Creates sandboxes, with the faults and limits of the plans.
 *
 * @param room lock that is held while sandboxes are counted and one more is created
 */
record StubCreation(Backend local, Notes notes, DirectoryLock room, InstantSource clock) {
    BackendSandbox create(CreateRequest request, StubTemplate template, Rehearsal rehearsal) {
        rehearsal.delay();
        var strike = rehearsal.next(Operation.CREATE);
        var fault = strike.map(it -> it.fault()).orElse(null);
        if (!(fault instanceof Fault.Refuse)) {
            var hiddenUntil =
                    fault instanceof Fault.Late(var time) ? clock.instant().plus(time) : Instant.EPOCH;
            writeNote(request, new Note(hiddenUntil, template.plan()));
        }
        return Rehearsal.play(strike, () -> make(request, template, rehearsal));
    }

    /** Writes the note before the sandbox exists, so that a killed process leaves no sandbox without its plan. */
    private void writeNote(CreateRequest request, Note note) {
        if (local.find(request.tag()).isEmpty()) {
            notes.write(request.tag(), note);
        }
    }

    private BackendSandbox make(CreateRequest request, StubTemplate template, Rehearsal rehearsal) {
        var granted = new CreateRequest(
                request.tag(),
                template.localSpec(request.spec()),
                rehearsal.granted(request.deadline(), clock.instant()),
                request.progress(),
                request.consumer());
        try {
            var capacity = rehearsal.capacity();
            return capacity == null ? local.create(granted) : room.whileHeld(() -> withinCapacity(granted, capacity));
        } catch (ExtensionException e) {
            if (e.effect() == Effect.NOT_APPLIED && local.find(request.tag()).isEmpty()) {
                notes.remove(request.tag());
            }
            throw e;
        }
    }

    private BackendSandbox withinCapacity(CreateRequest request, int capacity) {
        var live = local.list().size();
        if (live >= capacity) {
            throw ExtensionException.notApplied(
                    Kind.CAPACITY,
                    "rehearsed: no capacity for another sandbox: " + live + " of " + capacity + " are live");
        }
        return local.create(request);
    }
}
