-- CreateTable
CREATE TABLE "TrackInteraction" (
    "id" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "trackId" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "rating" INTEGER,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "TrackInteraction_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "TrackInteraction_rating_check" CHECK ("rating" IS NULL OR "rating" BETWEEN 1 AND 5)
);

-- CreateIndex
CREATE UNIQUE INDEX "TrackInteraction_userId_trackId_type_key" ON "TrackInteraction"("userId", "trackId", "type");
CREATE INDEX "TrackInteraction_trackId_idx" ON "TrackInteraction"("trackId");
CREATE INDEX "TrackInteraction_createdAt_idx" ON "TrackInteraction"("createdAt");

-- AddForeignKey
ALTER TABLE "TrackInteraction" ADD CONSTRAINT "TrackInteraction_userId_fkey"
    FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "TrackInteraction" ADD CONSTRAINT "TrackInteraction_trackId_fkey"
    FOREIGN KEY ("trackId") REFERENCES "Track"("id") ON DELETE CASCADE ON UPDATE CASCADE;
