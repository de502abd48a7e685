-- Undoes the migration beside it; what was listened to together is lost.
DROP TABLE "_PlaylistToTrack";
DROP TABLE "_GroupSessionToUser";
DROP TABLE "PlaylistUpdate";
DROP TABLE "Playlist";
DROP TABLE "GroupSession";
