/**
 * {@code ext.modal}: sandboxes in a Modal account, or at any server that speaks Modal's gRPC API.
 *
 * <p>This package implements the contract for an account; other modules use only
 * {@link dev.sandboxer.modal.ModalExtension}. It uses {@link dev.sandboxer.modal.router}, which uses
 * {@link dev.sandboxer.modal.control}, and all use {@link dev.sandboxer.modal.rpc}. Modal has two generations of
 * sandboxes; this extension uses the first for GPUs and the second for everything else. Source of all protocol facts:
 * the published clients (npm {@code modal} 0.11.1 and the repository {@code modal-labs/modal-client}), read in November
 * 2026; see {@code docs/cloud-adapters.md}.
 */
@NullMarked
package dev.sandboxer.modal;

import org.jspecify.annotations.NullMarked;
