"""Korean words for the tables of README.ko.md; what is missing here appears in English."""

HEADINGS = {
    "recipe": "레시피",
    "likelihood": "가능도",
    "prior": "사전분포",
    "data set": "데이터",
    "data": "쓰이는 곳",
    "what it is": "설명",
    "-log p is also called": "-log p의 다른 이름",
}

KOREAN = {
    "recipes.ae": "오토인코더: x를 코드로 압축했다가 복원합니다. 코드의 모양에는 제약이 없습니다.",
    "recipes.vae": "변분 오토인코더: 예시마다 가우시안 코드를 내고, KL이 그것을 N(0, I) 쪽으로 당깁니다.",
    "recipes.beta-vae": "KL에 가중치 β = 4를 준 VAE: 복원이 나빠지는 대신 쓰는 축이 줄어듭니다.",
    "recipes.gm-vae": "사전분포가 M개의 가우시안 혼합인 VAE: 평균과 폭을 함께 학습합니다.",
    "recipes.iwae": "K = 5의 중요도 가중 하한으로 학습하는 VAE: 더 조인 하한, 더 자유로운 사후분포.",
    "likelihoods.bernoulli": "0과 1로 된 값",
    "likelihoods.gaussian": "실수 값",
    "likelihoods.laplace": "이상치가 섞인 실수 값",
    "likelihoods.categorical": "칸마다 K개의 범주 가운데 하나",
    "likelihoods.continuous-bernoulli": "[0, 1] 위의 회색 값. 제대로 정규화된 밀도",
    "loss.binary cross-entropy": "이진 교차 엔트로피(BCE)",
    "loss.squared error": "제곱 오차(MSE)",
    "loss.absolute error": "절대 오차(L1)",
    "loss.cross-entropy": "교차 엔트로피",
    "priors.gaussian": "표준 정규분포 N(0, I)",
    "priors.mixture": "M개 가우시안의 혼합: 평균과 표준편차를 직접 정해 잠재 공간을 설계할 수도 있습니다",
    "data.digits": "손글씨 숫자 1,797장, 8 x 8, 회색 17단계. scikit-learn에 들어 있어 내려받지 않습니다.",
    "data.mnist": "손글씨 숫자 70,000장, 28 x 28, 공식 테스트 10,000장.",
    "data.fashion-mnist": "옷 사진 70,000장, 28 x 28, 공식 테스트 10,000장.",
    "data.ring": "평면 위의 점 10,000개: 반지름 1인 원 위의 좁은 봉우리 8개.",
    "data.grid": "평면 위의 점 10,000개: 격자 위의 좁은 봉우리 25개.",
    "data.moons": "평면 위의 점 10,000개: 맞물린 반원 두 개.",
    "data.shapes": "32 x 32 그림 6,000장: 모양, 크기, 각도, 위치가 알려진 도형 하나씩.",
}
